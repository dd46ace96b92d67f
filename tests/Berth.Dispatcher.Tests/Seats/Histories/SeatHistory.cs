using System.Globalization;
using System.Net;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.Seats;
using Berth.Dispatcher.State;
using Berth.Seats;
using Berth.Seats.Keys;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>
/// One random history: dispatchers, desks and clients, and all that can happen to them. After each step the rules are checked, and each
/// redemption against what the history knows of its ticket.
/// </summary>
internal sealed partial class SeatHistory : IAsyncDisposable
{
    private const int BasePort = 9000;
    private static readonly TimeProvider s_scaled = new ScaledTime();

    private readonly Random _random;
    private readonly List<string> _violations = [];
    private readonly List<string> _steps = [];
    private readonly TestFolder _folder = new();
    private readonly PushableSource _source = new();
    private readonly EndpointDirectory _directory;
    private readonly SimulatedDesk?[] _desks;
    private readonly string[] _uids;
    private readonly TestClock[] _clocks;
    private readonly long[] _began;
    private readonly SimulatedNetwork[] _networks;
    private readonly SeatTarget?[] _dispatchers;
    private readonly HttpClient[] _clients;
    private readonly List<HeldTicket> _tickets = [];
    private readonly List<(SimulatedDesk Life, SeatSession Session)> _sessions = [];
    private readonly Dictionary<UInt128, int> _allowed = [];
    private readonly string _keyFile;
    private UInt128 _lastId;
    private int _lives;

    public SeatHistory(int seed)
    {
        _random = new Random(seed);
        int desks = _random.Next(1, 4);
        int dispatchers = _random.Next(1, 4);
        _keyFile = _folder.Write("keys", Keys(swapped: false));
        _directory = new EndpointDirectory(_source, new EndpointDirectoryOptions());
        _desks = new SimulatedDesk?[desks];
        _uids = [.. Enumerable.Range(0, desks).Select(static i => string.Create(CultureInfo.InvariantCulture, $"uid-{i}"))];
        _clocks = [.. Enumerable.Range(0, desks).Select(static _ => new TestClock())];
        _began = [.. _clocks.Select(static clock => clock.GetTimestamp())];
        _networks = [.. Enumerable.Range(0, dispatchers).Select(d => new SimulatedNetwork(d, port => _desks[port - BasePort]))];
        _clients = [.. _networks.Select(static network => new HttpClient(network, disposeHandler: false))];
        _dispatchers = new SeatTarget?[dispatchers];
    }

    /// <summary>The steps so far, for the message of a failure.</summary>
    public string Steps => string.Join('\n', _steps);

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The number of transitions that the observers saw.</summary>
    public int Transitions { get; private set; }

    public async Task RunAsync(int steps)
    {
        for (int i = 0; i < _desks.Length; i++)
            StartDesk(i);
        await PublishAsync();
        for (int d = 0; d < _dispatchers.Length; d++)
            StartDispatcher(d);
        await SettleAsync();
        for (int i = 0; i < steps && _violations.Count == 0; i++)
        {
            await StepAsync();
            await SettleAsync();
            CheckFree();
        }

        Transitions += _desks.Sum(static desk => desk?.Observer.Count ?? 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SeatTarget? dispatcher in _dispatchers)
        {
            if (dispatcher is not null)
                await dispatcher.DisposeAsync();
        }

        foreach (SimulatedDesk? desk in _desks)
            desk?.Dispose();
        foreach (HttpClient client in _clients)
            client.Dispose();
        foreach (SimulatedNetwork network in _networks)
            network.Dispose();
        await _directory.DisposeAsync();
        _folder.Dispose();
    }

    private static string Keys(bool swapped)
    {
        string one = "one=" + Convert.ToBase64String(new byte[32]);
        string two = "two=" + Convert.ToBase64String([.. Enumerable.Repeat((byte)7, 32)]);
        return swapped ? $"{two}\n{one}\n" : $"{one}\n{two}\n";
    }

    private void StartDesk(int ordinal) => _desks[ordinal] = new SimulatedDesk(
        ordinal, _uids[ordinal], _random.Next(1, 6), _keyFile, _clocks[ordinal], _violations, NextId);

    private UInt128 NextId()
    {
        lock (_violations)
            return ++_lastId;
    }

    private void KillDesk(int ordinal)
    {
        SimulatedDesk life = _desks[ordinal]!;
        Transitions += life.Observer.Count;
        _desks[ordinal] = null;
        life.Dispose();
        _sessions.RemoveAll(held => held.Life == life);
    }

    private void StartDispatcher(int number)
    {
        DispatcherSeatOptions options = new()
        {
            DeskPorts = PortScheme.PerOrdinal(BasePort),
            KeyFile = _keyFile,
            Policy = (SeatPolicy)_random.Next(3),
            AttemptTimeout = TimeSpan.FromMinutes(1),
            Deadline = TimeSpan.FromMinutes(5),
            Random = new Random(_random.Next()),
        };
        SeatContext context = new(
            options, _clients[number], new SeatKeyFile(_keyFile, s_scaled, NullLogger.Instance), options.Random, s_scaled,
            NullLogger.Instance);
        ServedTarget served = new(_directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports), new CompressionTurns());
        _dispatchers[number] = new SeatTarget(served, context);
    }

    private Task PublishAsync() => _source.PublishAsync(
        _directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports),
        _uids.Select(static (uid, i) => PodEndpoint.Create(
            SeatCluster.NameOf(i), DispatcherFixture.B.Namespace, [IPAddress.Loopback], [new EndpointPort("", 3000 + i)], i, uid)));

    /// <summary>Waits until each dispatcher has heard the desks that it can reach, and knows that it cannot reach the others.</summary>
    private async Task SettleAsync()
    {
        await Wait.ForAsync("the dispatchers to know the desks", async _ =>
        {
            foreach (SimulatedDesk? desk in _desks)
                desk?.Tell();
            for (int i = 0; i < 50; i++)
            {
                if (IsSettled())
                    return this;
                await Task.Yield();
            }

            return null;
        }, TestContext.Current.CancellationToken);
    }

    private bool IsSettled()
    {
        for (int d = 0; d < _dispatchers.Length; d++)
        {
            if (_dispatchers[d] is not { } dispatcher)
                continue;
            if (dispatcher.Links.Count != _desks.Length)
                return false;
            for (int i = 0; i < _desks.Length; i++)
            {
                DeskLink link = dispatcher.Links[i];
                SeatDeskState? expected = IsReachable(d, i) ? _desks[i]!.Desk.State : null;
                if (link.Endpoint.Uid != _uids[i] || link.State != expected)
                    return false;
            }
        }

        return true;
    }

    /// <summary>The seats that a dispatcher counts as free are free: it sends no useless request, and leaves no seat out.</summary>
    private void CheckFree()
    {
        for (int d = 0; d < _dispatchers.Length; d++)
        {
            for (int i = 0; i < _desks.Length; i++)
            {
                if (IsReachable(d, i) && _dispatchers[d]!.Links[i].Free != _desks[i]!.Desk.State.Free)
                    _violations.Add($"dispatcher {d} believes that {_dispatchers[d]!.Links[i].Free} seats are free: {_desks[i]!.Desk}");
            }
        }
    }

    private bool IsReachable(int dispatcher, int ordinal) =>
        _desks[ordinal] is not null && !_networks[dispatcher].IsCut(BasePort + ordinal);

    /// <summary>A ticket that a client holds, and what the history knows of it.</summary>
    private sealed record HeldTicket(string Text, int Ordinal, SimulatedDesk Life, UInt128 Id, TimeSpan Until);
}
