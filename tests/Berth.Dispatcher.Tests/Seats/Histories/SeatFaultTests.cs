using System.Net;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.Seats;
using Berth.Dispatcher.State;
using Berth.Seats.Keys;
using Berth.Seats.Wire;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>The faults of seats between dispatchers and a desk, one at a time; see docs/reliability.md.</summary>
public sealed class SeatFaultTests : IAsyncLifetime
{
    private const int Port = 9000;

    private readonly TestClock _clock = new();
    private readonly TestFolder _folder = new();
    private readonly List<string> _violations = [];
    private readonly PushableSource _source = new();
    private readonly List<SeatTarget> _dispatchers = [];
    private EndpointDirectory _directory = null!;
    private SimulatedDesk _desk = null!;
    private UInt128 _lastId;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _directory = new EndpointDirectory(_source, new EndpointDirectoryOptions());
        string keys = _folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32]));
        _desk = new SimulatedDesk(0, "uid-0", 4, keys, _clock, _violations, () => ++_lastId);
        await _source.PublishAsync(
            _directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports),
            [PodEndpoint.Create("service-b-0", "k8s-example2", [IPAddress.Loopback], [new EndpointPort("", 3000)], 0, "uid-0")],
            cancellationToken: Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SeatTarget dispatcher in _dispatchers)
            await dispatcher.DisposeAsync();
        _desk.Dispose();
        await _directory.DisposeAsync();
        _folder.Dispose();
        Assert.Empty(_violations);
    }

    [Fact]
    public async Task F71_lost_answer_with_a_key_gives_the_same_reservation()
    {
        (SeatTarget dispatcher, SimulatedNetwork network) = await StartAsync();
        network.SetNext(NetworkFault.LostAnswer);
        SeatOutcome outcome = await dispatcher.ReserveAsync(new ReserveMessage(1, 30, null, "one"), Cancelled);
        Assert.Null(outcome.Answer!.Refused);
        Assert.Equal(1, _desk.Desk.State.Reserved);
        Assert.Single(network.Lost);
    }

    [Fact]
    public async Task F71_lost_answer_without_a_key_costs_one_time_to_live()
    {
        (SeatTarget dispatcher, SimulatedNetwork network) = await StartAsync();
        network.SetNext(NetworkFault.LostAnswer);
        SeatOutcome outcome = await dispatcher.ReserveAsync(new ReserveMessage(1, 30), Cancelled);
        Assert.Equal(SeatProblemKind.DeskSilent, outcome.Problem);
        Assert.Equal(1, _desk.Desk.State.Reserved);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(4, _desk.Desk.State.Free);
    }

    [Fact]
    public async Task F72_duplicated_request_with_a_key_has_one_reservation()
    {
        (SeatTarget dispatcher, SimulatedNetwork network) = await StartAsync();
        network.SetNext(NetworkFault.Duplicated);
        Assert.Null((await dispatcher.ReserveAsync(new ReserveMessage(1, 30, null, "one"), Cancelled)).Answer!.Refused);
        Assert.Equal(1, _desk.Desk.State.Reserved);
    }

    [Fact]
    public async Task F72_duplicated_request_without_a_key_costs_one_time_to_live()
    {
        (SeatTarget dispatcher, SimulatedNetwork network) = await StartAsync();
        network.SetNext(NetworkFault.Duplicated);
        SeatOutcome outcome = await dispatcher.ReserveAsync(new ReserveMessage(1, 30), Cancelled);
        Assert.Equal(2, _desk.Desk.State.Reserved);
        Assert.True(_desk.Desk.TryRedeem(outcome.Answer!.Ticket, out _, out _));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 1), (_desk.Desk.State.Reserved, _desk.Desk.State.Taken));
    }

    [Fact]
    public async Task F73_dispatcher_killed_before_its_answer_costs_one_time_to_live()
    {
        (SeatTarget dispatcher, _) = await StartAsync();
        Task<SeatOutcome> asked = dispatcher.ReserveAsync(new ReserveMessage(1, 30, null, "one"), Cancelled);
        await dispatcher.DisposeAsync();
        _dispatchers.Remove(dispatcher);
        await asked;
        Assert.Equal(1, _desk.Desk.State.Reserved);
        // The client asks again, through another dispatcher.
        (SeatTarget other, _) = await StartAsync();
        SeatOutcome again = await other.ReserveAsync(new ReserveMessage(1, 30, null, "one"), Cancelled);
        Assert.Null(again.Answer!.Refused);
        Assert.Equal(1, _desk.Desk.State.Reserved);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(4, _desk.Desk.State.Free);
    }

    [Fact]
    public async Task F78_desk_that_falls_silent_takes_no_part()
    {
        (SeatTarget dispatcher, SimulatedNetwork network) = await StartAsync(isFast: true);
        // The desk sends nothing now: no state and no sign that it still runs.
        network.IsSilent = true;
        await WaitAsync(() => dispatcher.Links[0].State is null);
        Assert.Equal(
            SeatProblemKind.NoDesk, (await dispatcher.ReserveAsync(new ReserveMessage(1, 30), Cancelled)).Problem);
        Assert.Equal(0, _desk.Desk.State.Reserved);
    }

    [Fact]
    public async Task F83_two_dispatchers_race_for_the_last_seat_and_one_gets_it()
    {
        (SeatTarget first, _) = await StartAsync();
        (SeatTarget second, _) = await StartAsync();
        for (int round = 0; round < 50; round++)
        {
            _desk.Tell();
            SeatOutcome[] outcomes = await Task.WhenAll(
                Task.Run(() => first.ReserveAsync(new ReserveMessage(3, 30), Cancelled)),
                Task.Run(() => second.ReserveAsync(new ReserveMessage(3, 30), Cancelled)));
            SeatOutcome given = Assert.Single(outcomes, static outcome => outcome.Answer is { Refused: null });
            Assert.Contains(outcomes, static outcome => outcome.Problem == SeatProblemKind.Full);
            _desk.Desk.Redeem(given.Answer!.Ticket).Dispose();
            _desk.Tell();
            await WaitAsync(() => first.Links[0].Free == 4 && second.Links[0].Free == 4);
        }
    }

    [Fact]
    public async Task F102_answer_that_its_stream_overtook_counts_once()
    {
        (SeatTarget dispatcher, SimulatedNetwork network) = await StartAsync();
        network.BeforeAnswer = () =>
        {
            _desk.Tell();
            return WaitAsync(() => dispatcher.Links[0].State == _desk.Desk.State);
        };
        Assert.Null((await dispatcher.ReserveAsync(new ReserveMessage(3, 30, null, "one"), Cancelled)).Answer!.Refused);
        Assert.Equal(1, dispatcher.Links[0].Free);
        // The same reservation again takes no seat.
        Assert.Null((await dispatcher.ReserveAsync(new ReserveMessage(3, 30, null, "one"), Cancelled)).Answer!.Refused);
        Assert.Null((await dispatcher.ReserveAsync(new ReserveMessage(1, 30), Cancelled)).Answer!.Refused);
        Assert.Equal(0, dispatcher.Links[0].Free);
    }

    [Fact]
    public async Task F103_client_that_wants_more_than_any_pod_has_holds_up_no_line()
    {
        (SeatTarget dispatcher, _) = await StartAsync();
        SeatOutcome outcome = await dispatcher.Line.ReserveAsync(new ReserveMessage(5, 30), null, TimeSpan.FromHours(1), Cancelled);
        Assert.Equal(SeatProblemKind.TooManySeats, outcome.Problem);
        Assert.Equal(4, dispatcher.MostSeats);
        Assert.Equal(0, dispatcher.Line.Count);
        // Fewer seats may become free: that client waits.
        SeatOutcome other = await dispatcher.Line.ReserveAsync(new ReserveMessage(4, 30), null, TimeSpan.FromHours(1), Cancelled);
        Assert.Null(other.Answer!.Refused);
    }

    /// <summary>Starts a dispatcher that knows the desk.</summary>
    /// <param name="isFast">True for a clock with which a desk soon counts as silent. With the other one it never does.</param>
    private async Task<(SeatTarget Dispatcher, SimulatedNetwork Network)> StartAsync(bool isFast = false)
    {
        SimulatedNetwork network = new(_dispatchers.Count, port => port == Port ? _desk : null);
        ScaledTime time = new(endsLimits: isFast);
        DispatcherSeatOptions options = new()
        {
            DeskPorts = PortScheme.PerOrdinal(Port),
            KeyFile = _folder["keys"],
            AttemptTimeout = TimeSpan.FromMinutes(1),
            Deadline = TimeSpan.FromMinutes(5),
            Random = new Random(1),
        };
        SeatContext context = new(
            options, new HttpClient(network), new SeatKeyFile(_folder["keys"], time, NullLogger.Instance), options.Random, time,
            NullLogger.Instance);
        ServedTarget served = new(_directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports), new CompressionTurns());
        SeatTarget dispatcher = new(served, context);
        _dispatchers.Add(dispatcher);
        await WaitAsync(() => dispatcher.Links is [{ State: not null }]);
        return (dispatcher, network);
    }

    private static Task WaitAsync(Func<bool> condition) => Wait.ForAsync(condition, Cancelled);
}
