using Berth.Seats.Books;
using Berth.TestKit;

namespace Berth.Seats.Tests;

/// <summary>The desk in its process: state, expiry, drain, many threads.</summary>
public sealed class DeskTests : IDisposable
{
    private readonly SeatFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Reservation_expires_by_itself_and_the_state_says_so()
    {
        SeatDesk desk = _fixture.Create();
        desk.Reserve(SeatFixture.Request(seconds: 30));
        desk.Reserve(SeatFixture.Request(seconds: 10));
        Assert.Equal(2, desk.State.Reserved);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, desk.State.Reserved);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal((0, 4), (desk.State.Reserved, desk.State.Free));
    }

    [Fact]
    public void Version_grows_with_each_change_and_a_closed_desk_has_no_free_seat()
    {
        SeatDesk desk = _fixture.Create();
        long before = desk.State.Version;
        desk.Close();
        desk.Close();
        Assert.Equal((before + 1, 0, true), (desk.State.Version, desk.State.Free, desk.State.IsClosed));
        desk.Open();
        desk.SetCapacity(9);
        Assert.Equal((before + 3, 9), (desk.State.Version, desk.State.Free));
        Assert.Throws<ArgumentOutOfRangeException>(() => desk.SetCapacity(-1));
    }

    [Fact]
    public async Task Drain_waits_for_the_last_session_and_for_clients_on_their_way()
    {
        SeatDesk desk = _fixture.Create();
        SeatSession session = desk.Redeem(desk.Reserve(SeatFixture.Request()).Ticket!);
        string late = desk.Reserve(SeatFixture.Request()).Ticket!;
        Task<bool> drained = desk.DrainAsync(TimeSpan.FromHours(1), SeatFixture.Cancelled);
        Assert.True(desk.State.IsClosed);
        SeatSession second = desk.Redeem(late);
        session.Dispose();
        session.Dispose();
        Assert.False(drained.IsCompleted);
        second.Dispose();
        Assert.True(await drained.WaitAsync(Wait.Limit, SeatFixture.Cancelled));
    }

    [Fact]
    public async Task Drain_ends_at_its_limit()
    {
        SeatDesk desk = _fixture.Create();
        using SeatSession session = desk.Redeem(desk.Reserve(SeatFixture.Request()).Ticket!);
        Task<bool> drained = desk.DrainAsync(TimeSpan.FromSeconds(20), SeatFixture.Cancelled);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(await drained.WaitAsync(Wait.Limit, SeatFixture.Cancelled));
        Assert.Equal(1, desk.State.Taken);
    }

    [Fact]
    public async Task Drain_ends_when_the_desk_is_disposed()
    {
        SeatDesk desk = _fixture.Create();
        desk.Reserve(SeatFixture.Request());
        Task<bool> drained = desk.DrainAsync(TimeSpan.FromHours(1), SeatFixture.Cancelled);
        desk.Dispose();
        Assert.False(await drained.WaitAsync(Wait.Limit, SeatFixture.Cancelled));
    }

    [Fact]
    public async Task Many_threads_never_oversell()
    {
        SeatDesk desk = _fixture.Create(capacity: 5);
        int given = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), SeatFixture.Cancelled, (i, _) =>
        {
            if (desk.Reserve(SeatFixture.Request(1 + (i % 2))).Ticket is not { } ticket)
                return ValueTask.CompletedTask;
            Interlocked.Increment(ref given);
            using SeatSession session = desk.Redeem(ticket);
            return ValueTask.CompletedTask;
        });
        Assert.True(given > 0);
        Assert.Equal(5, desk.State.Free);
        Assert.All(_fixture.Changes, static change => Assert.InRange(change.Counts.Used, 0, 5));
    }

    [Fact]
    public void F80_one_ticket_in_many_threads_is_redeemed_once()
    {
        SeatDesk desk = _fixture.Create();
        string ticket = desk.Reserve(SeatFixture.Request()).Ticket!;
        int redeemed = 0;
        Parallel.For(0, 200, _ =>
        {
            if (desk.TryRedeem(ticket, out SeatSession? _, out SeatRefusal _))
                Interlocked.Increment(ref redeemed);
        });
        Assert.Equal((1, 1), (redeemed, desk.State.Taken));
    }

    [Fact]
    public async Task F84_drain_during_a_burst_loses_no_session_and_makes_none()
    {
        SeatDesk desk = _fixture.Create(capacity: 50);
        TaskCompletionSource half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int given = 0;
        Task burst = Parallel.ForEachAsync(Enumerable.Range(0, 400), SeatFixture.Cancelled, (i, _) =>
        {
            if (i == 200)
                half.TrySetResult();
            if (desk.Reserve(SeatFixture.Request()).Ticket is not { } ticket)
                return ValueTask.CompletedTask;
            Interlocked.Increment(ref given);
            // A client with a ticket comes in, also after the start of the drain.
            desk.Redeem(ticket).Dispose();
            return ValueTask.CompletedTask;
        });
        await half.Task.WaitAsync(TestKit.Wait.Limit, SeatFixture.Cancelled);
        Task<bool> drained = desk.DrainAsync(TimeSpan.FromHours(1), SeatFixture.Cancelled);
        await burst;
        Assert.True(await drained.WaitAsync(TestKit.Wait.Limit, SeatFixture.Cancelled));
        Assert.True(given > 0);
        int closed = _fixture.Changes.FindIndex(static change => change.Kind == BookChangeKind.Closed);
        Assert.DoesNotContain(_fixture.Changes.Skip(closed), static change => change.Kind == BookChangeKind.Reserved);
        Assert.Equal(given, _fixture.Changes.Count(static change => change.Kind == BookChangeKind.Taken));
    }
}
