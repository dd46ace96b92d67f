using System.Text.Json;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.Seats;
using Berth.Dispatcher.State;
using Berth.Logging;
using Berth.Seats;
using Berth.Seats.Keys;
using Berth.Seats.Wire;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>The line: clients with <c>?wait</c>, and those without it that come while others wait.</summary>
public sealed class SeatLineTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_that_does_not_wait_never_comes_before_one_that_waits()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        SeatSession session = await cluster.TakeAsync();
        for (int round = 0; round < 40; round++)
        {
            Task<(int Status, JsonElement Body)> waiting = cluster.ReserveAsync(query: "?wait=60s");
            await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 1);
            Task<(int Status, JsonElement Body)> next = cluster.ReserveAsync(query: "?wait=60s");
            await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 2);
            // These ask all the time, from now on: a client that is in line before the others may have the seat. These get it only by
            // coming before the two.
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            Task<int>[] impatient = [.. Enumerable.Range(0, 4).Select(_ => AskAsync(cluster, end.Token))];
            session.Dispose();
            (int status, JsonElement seat) = await waiting.WaitAsync(Wait.Limit, Cancelled);
            Assert.Equal(201, status);
            cluster.Desks[0]!.Redeem(seat.GetProperty("ticket").GetString()).Dispose();
            (status, seat) = await next.WaitAsync(Wait.Limit, Cancelled);
            Assert.Equal(201, status);
            session = cluster.Desks[0]!.Redeem(seat.GetProperty("ticket").GetString());
            await end.CancelAsync();
            Assert.All(await Task.WhenAll(impatient), static given => Assert.Equal(0, given));
        }

        session.Dispose();
    }

    [Fact]
    public async Task Impatient_client_gets_a_seat_that_the_first_in_line_cannot_use()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 2);
        using SeatSession session = await cluster.TakeAsync();
        await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 1);
        Task<(int Status, JsonElement Body)> waiting = cluster.ReserveAsync("""{"seats":2}""", "?wait=60s");
        await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 1);
        (int status, JsonElement seat) = await cluster.ReserveAsync();
        Assert.Equal(201, status);
        Assert.False(waiting.IsCompleted);
        cluster.Desks[0]!.Redeem(seat.GetProperty("ticket").GetString()).Dispose();
        session.Dispose();
        Assert.Equal(201, (await waiting.WaitAsync(Wait.Limit, Cancelled)).Status);
    }

    [Fact]
    public async Task Failure_that_a_broken_logger_gets_does_not_end_the_line()
    {
        using TestFolder folder = new();
        string keys = folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32]));
        BrokenClock time = new();
        ThrowingLogger broken = new();
        await using EndpointDirectory directory = new(new PushableSource());
        using HttpClient http = new();
        SeatContext context = new(
            new DispatcherSeatOptions { DeskPorts = PortScheme.PerOrdinal(9000), KeyFile = keys }, http,
            new SeatKeyFile(keys, time, NullLogger.Instance), new Random(1), time, broken.CreateSafeLogger("Berth"));
        ServedTarget served = new(directory.Follow(TestPods.Target, TestPods.Ports), new CompressionTurns());
        await using SeatTarget target = new(served, context);
        time.IsBroken = true;
        for (int i = 0; i < 2; i++)
        {
            SeatOutcome gone = await target.Line.ReserveAsync(new ReserveMessage(1, 30), null, TimeSpan.Zero, Cancelled)
                .WaitAsync(Wait.Limit, Cancelled);
            Assert.Equal(SeatProblemKind.Full, gone.Problem);
            Assert.False(target.Line.HasClients);
            time.IsBroken = false;
        }

        Assert.Equal(1, broken.Calls);
    }

    [Fact]
    public async Task Client_behind_others_waits_once_and_not_twice()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        TestClock clock = new();
        (DispatcherServer server, HttpClient client) = await cluster.StartDispatcherAsync(time: clock);
        using (client)
        {
            await using (server)
            {
                await cluster.WaitForAsync(static page => page.GetProperty("free").GetInt32() == 1, client);
                using SeatSession session = await cluster.TakeAsync();
                await cluster.WaitForAsync(static page => page.GetProperty("taken").GetInt32() == 1, client);
                Task<(int Status, JsonElement Body)> first = cluster.ReserveAsync(query: "?wait=60s", through: client);
                await clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(60), Cancelled);
                Task<(int Status, JsonElement Body)> second = cluster.ReserveAsync(query: "?wait=17s", through: client);
                await clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(17), Cancelled);
                clock.Advance(TimeSpan.FromSeconds(17));
                (int status, JsonElement problem) = await second.WaitAsync(Wait.Limit, Cancelled);
                Assert.Equal((503, "urn:berth:problem:full"), (status, problem.GetProperty("type").GetString()));
                Assert.False(first.IsCompleted);
                clock.Advance(TimeSpan.FromSeconds(43));
                Assert.Equal(503, (await first.WaitAsync(Wait.Limit, Cancelled)).Status);
            }
        }
    }

    [Fact]
    public async Task Request_that_is_repeated_finds_its_reservation_while_others_wait()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1);
        (_, JsonElement seat) = await cluster.ReserveAsync("""{"ttl":600}""", key: "one");
        await cluster.WaitForAsync(static page => page.GetProperty("reserved").GetInt32() == 1);
        Task<(int Status, JsonElement Body)> waiting = cluster.ReserveAsync(query: "?wait=60s");
        await cluster.WaitForAsync(static page => page.GetProperty("waiting").GetInt32() == 1);
        foreach (string query in new[] { "", "?wait=60s" })
        {
            (int status, JsonElement again) = await cluster.ReserveAsync("""{"ttl":600}""", query, "one");
            Assert.Equal(201, status);
            Assert.Equal(seat.GetProperty("reservation").GetString(), again.GetProperty("reservation").GetString());
        }

        Assert.False(waiting.IsCompleted);
        cluster.Desks[0]!.Redeem(seat.GetProperty("ticket").GetString()).Dispose();
        Assert.Equal(201, (await waiting.WaitAsync(Wait.Limit, Cancelled)).Status);
    }

    private static async Task<int> AskAsync(SeatCluster cluster, CancellationToken end)
    {
        int given = 0;
        while (!end.IsCancellationRequested)
        {
            (int status, JsonElement body) = await cluster.ReserveAsync();
            given += status == 201 ? 1 : 0;
            Assert.True(status is 201 or 503, body.ToString());
        }

        return given;
    }

    /// <summary>A clock that cannot be read for a while.</summary>
    private sealed class BrokenClock : FakeTimeProvider
    {
        public bool IsBroken { get; set; }

        public override long GetTimestamp() => IsBroken ? throw new InvalidOperationException("The clock is broken.") : base.GetTimestamp();
    }
}
