using System.Globalization;
using Berth.Dispatcher.Json;

namespace Berth.Dispatcher.State;

/// <summary>The state that all requests share: the targets, the picker, and whether the server is stopping.</summary>
internal sealed class DispatcherState : IDisposable
{
    // The number of targets that a message names. There may be 10,000.
    private const int MaxNamed = 20;

    private readonly CancellationTokenSource _ending = new();
    private readonly EndpointDirectory _directory;
    private readonly Func<ServiceTarget, IReadOnlyList<string>> _findDispatchers;
    private volatile Table _targets;
    private volatile bool _stopping;

    public DispatcherState(EndpointDirectory directory, DispatcherOptions options, TimeProvider time)
    {
        _directory = directory;
        Ending = _ending.Token;
        Picker = options.Picker;
        Time = time;
        Started = time.GetUtcNow();
        // Versions start at 1 in every process. An id that a client got from another replica, or before a restart, must not match.
        Epoch = options.RunId ?? Started.UtcTicks.ToString("x", CultureInfo.InvariantCulture);
        _findDispatchers = options.FindDispatchers;
        Ping = options.PingTarget;
        _targets = new Table([.. options.Targets.Select(Follow)]);
    }

    public IEndpointPicker Picker { get; }

    public TimeProvider Time { get; }

    public DateTimeOffset Started { get; }

    /// <summary>The turns to compress large answers.</summary>
    public CompressionTurns Turns { get; } = new();

    public string Epoch { get; }

    /// <summary>The target whose pods answer pings, or null without one.</summary>
    public ServiceTarget? Ping { get; }

    /// <summary>The current targets. They may change, except the first.</summary>
    public ServedTarget[] Targets => _targets.All;

    public ServedTarget First => _targets.All[0];

    public bool IsStopping => _stopping;

    /// <summary>True when every target has a snapshot, live or stale, and the server is not stopping.</summary>
    public bool IsReady => !_stopping && Array.TrueForAll(Targets, static t => t.View.Current is not null);

    /// <summary>The names of the targets, joined for a message.</summary>
    public string TargetNames => NamesOf(Targets);

    /// <summary>The reason why this server is not ready, as a sentence.</summary>
    public string NotReadyDetail => IsStopping
        ? "This dispatcher is shutting down."
        : $"Not listed yet: {NamesOf([.. Targets.Where(static t => t.View.Current is null)])}.";

    /// <summary>The clashes of ports over all targets.</summary>
    public IReadOnlyList<PortClash> FindClashes() => _directory.FindPortClashes();

    /// <summary>The run ids of the dispatchers that a target's endpoints come through, this one first.</summary>
    public IEnumerable<string> FindDispatchers(ServiceTarget target) => _findDispatchers(target).Prepend(Epoch);

    public ServedTarget? Find(ServiceTarget target) => _targets.ByTarget.GetValueOrDefault(target);

    /// <summary>Replaces the targets. For one writer.</summary>
    /// <returns>Those that are served no longer.</returns>
    public IReadOnlyList<ServedTarget> Change(IReadOnlyList<DispatcherTarget> targets)
    {
        Table before = _targets;
        _targets = new Table([.. targets.Select(target => before.ByTarget.GetValueOrDefault(target.Target) ?? Follow(target))]);
        return [.. before.All.Where(target => Find(target.View.Target) is null)];
    }

    /// <summary>Stops following a target that is no longer served.</summary>
    public async Task ReleaseAsync(ServedTarget target) => await _directory.ReleaseAsync(target.View.Target).ConfigureAwait(false);

    /// <summary>Cancelled when the server stops serving. It ends the endless streams.</summary>
    public CancellationToken Ending { get; }

    public void BeginShutdown() => _stopping = true;

    /// <summary>Ends the streams of watchers.</summary>
    public Task EndStreamsAsync() => _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();

    private static string NamesOf(ServedTarget[] targets) => string.Join(", ", targets.Take(MaxNamed).Select(static t => t.Name))
        + (targets.Length > MaxNamed ? $" and {targets.Length - MaxNamed} more" : "");

    private ServedTarget Follow(DispatcherTarget target) => new(_directory.Follow(target.Target, target.Ports), Turns);

    private sealed class Table(ServedTarget[] all)
    {
        public ServedTarget[] All { get; } = all;

        public Dictionary<ServiceTarget, ServedTarget> ByTarget { get; } = all.ToDictionary(static target => target.View.Target);
    }
}
