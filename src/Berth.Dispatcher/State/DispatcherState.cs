using System.Globalization;

namespace Berth.Dispatcher.State;

/// <summary>The state that all requests share: the targets, the picker, and whether the server is stopping.</summary>
internal sealed class DispatcherState : IDisposable
{
    private readonly Dictionary<ServiceTarget, ServedTarget> _byTarget = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly EndpointDirectory _directory;
    private volatile bool _stopping;

    public DispatcherState(EndpointDirectory directory, DispatcherOptions options, TimeProvider time)
    {
        _directory = directory;
        Ending = _ending.Token;
        Picker = options.Picker;
        Time = time;
        Started = time.GetUtcNow();
        // Versions begin at 1 in every process: what a client remembers of another replica, or of this one before a restart, must not
        // match.
        Epoch = Started.UtcTicks.ToString("x", CultureInfo.InvariantCulture);
        Targets = [.. options.Targets.Select(t => new ServedTarget(directory.Follow(t.Target, t.Ports)))];
        foreach (ServedTarget target in Targets)
            _byTarget.Add(target.View.Target, target);
    }

    public IEndpointPicker Picker { get; }

    public TimeProvider Time { get; }

    public DateTimeOffset Started { get; }

    public string Epoch { get; }

    public ServedTarget[] Targets { get; }

    public ServedTarget First => Targets[0];

    public bool IsStopping => _stopping;

    /// <summary>A stale snapshot is an answer; only its absence is none.</summary>
    public bool IsReady => !_stopping && Array.TrueForAll(Targets, static t => t.View.Current is not null);

    /// <summary>The names of all targets, for a sentence.</summary>
    public string TargetNames => string.Join(", ", Targets.Select(static t => t.Name));

    /// <summary>Why this server is not ready, as a sentence.</summary>
    public string NotReadyDetail => IsStopping
        ? "This dispatcher is shutting down."
        : $"Not listed yet: {string.Join(", ", Targets.Where(static t => t.View.Current is null).Select(static t => t.Name))}.";

    /// <summary>The clashes of ports over all targets.</summary>
    public IReadOnlyList<PortClash> FindClashes() => _directory.FindPortClashes();

    public ServedTarget? Find(ServiceTarget target) => _byTarget.GetValueOrDefault(target);

    /// <summary>Cancelled when the server no longer serves, so that streams without an end have one.</summary>
    public CancellationToken Ending { get; }

    public void BeginShutdown() => _stopping = true;

    /// <summary>Ends the streams of watching clients.</summary>
    public Task EndStreamsAsync() => _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();
}
