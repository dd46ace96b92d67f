using System.Collections.Concurrent;

namespace Berth.TestKit.Invariants;

/// <summary>
/// Checks the five invariants of reliability.md for a directory during one test, independent of the test's own checks: at every read of the
/// source, in a thread that reads all the time, as a subscriber, and in the log.
/// </summary>
public sealed class InvariantObserver : IAsyncDisposable
{
    private readonly Violations _violations = new();
    private readonly ContentRules _content;
    private readonly VersionRules _settledVersions;
    private readonly ConcurrentQueue<EndpointSnapshot> _published = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _subscriber = Task.CompletedTask;
    private ReaderThread? _reader;
    private volatile EndpointView? _view;
    private EndpointSnapshot? _lastRead;
    private int _troubles;
    private bool _inTrouble;

    /// <param name="target">Whose snapshots are observed; other targets of the directory pass by.</param>
    /// <param name="isStated">Whether the server has ever sent a string.</param>
    public InvariantObserver(ServiceTarget target, Func<string, bool> isStated)
    {
        Target = target;
        _content = new ContentRules(_violations, isStated);
        _settledVersions = new VersionRules(_violations, "the source's reader");
    }

    /// <summary>The directory whose snapshots are observed.</summary>
    public ServiceTarget Target { get; }

    /// <summary>The log for source and directory.</summary>
    public LogRules Log { get; } = new();

    /// <summary>Every content that was published, in order.</summary>
    public IReadOnlyList<EndpointSnapshot> Published => [.. _published];

    /// <summary>Every failure of the source, in order.</summary>
    public IReadOnlyList<Exception> Failures => [.. _failures];

    /// <summary>The number of outages.</summary>
    public int Troubles => Volatile.Read(ref _troubles);

    /// <summary>Puts the observer between a source and its directory.</summary>
    public IEndpointSource Tap(IEndpointSource source) => new TappedSource(source, this);

    /// <summary>
    /// States the whole states that the script has, as of <see cref="SnapshotText"/>; nothing else may ever be published.
    /// </summary>
    public void Allow(params string[] states) => _content.Allow(states);

    /// <summary>The same by a rule, when there are too many to list.</summary>
    public void Allow(Func<EndpointSnapshot, bool> isLegal) => _content.Allow(isLegal);

    /// <summary>Begins to read as a consumer does.</summary>
    public void Attach(EndpointDirectory directory, EndpointView view)
    {
        _view = view;
        _reader = new ReaderThread(directory, view, _violations);
        _subscriber = Task.Run(() => SubscribeAsync(view));
    }

    /// <summary>Returns every violation. The directory is already disposed, and this observer too.</summary>
    /// <param name="waits">The directory's waits after each failure, in order.</param>
    /// <param name="mustBeLive">False when the test ended discovery during a failure.</param>
    public IReadOnlyCollection<string> Finish(IReadOnlyCollection<TimeSpan> waits, bool mustBeLive = true)
    {
        Settled();
        _violations.Unless(_content.HasLegalStates, "I2", static () => "the test states no legal whole state");
        _violations.Unless(_published.IsEmpty || _reader is { Samples: > 0 }, "I3", static () => "no reader ran");
        foreach (string fault in Log.FindFaults())
            _violations.Add("I5", fault);
        foreach (string fault in BackoffRules.FindFaults(Failures, waits, mustBeLive))
            _violations.Add("I5", fault);
        _violations.Unless(Log.Count(100) == Troubles, "I5", () => $"trouble began {Troubles} times and was logged {Log.Count(100)} times");
        _violations.Unless(
            !mustBeLive || _view is null or { Failure: null, Current.IsStale: false }, "I5",
            () => $"it did not recover: {_view!.Failure?.Message}");
        return _violations.All;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _subscriber.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _reader?.Dispose();
    }

    internal void Read(EndpointSnapshot snapshot)
    {
        if (snapshot.IsStale)
            BeginTrouble();
        else
            _inTrouble = false;
        // A live and a stale form of one content share its lists.
        if (_lastRead is { } known && ReferenceEquals(snapshot.Endpoints, known.Endpoints)
            && ReferenceEquals(snapshot.LeftOut, known.LeftOut) && ReferenceEquals(snapshot.Warnings, known.Warnings))
            return;
        _content.Check(snapshot);
        if (_lastRead is { } last)
            _violations.Unless(
                !SnapshotText.SameContent(last, snapshot), "I2",
                () => $"'{SnapshotText.Of(snapshot)}' was published again without a difference");
        _lastRead = snapshot;
        _published.Enqueue(snapshot);
    }

    internal void Failed(Exception failure)
    {
        _violations.Unless(failure is EndpointSourceException, "I5", () => $"the source threw {failure.GetType().Name}: {failure.Message}");
        _violations.Unless(failure.Message.EndsWith('.'), "I5", () => $"'{failure.Message}' is not a sentence");
        _failures.Enqueue(failure);
        BeginTrouble();
    }

    /// <summary>The directory has published the last read snapshot, or kept the earlier one.</summary>
    internal void Settled()
    {
        if (_view is not { } view)
            return;
        EndpointSnapshot? current = view.Current;
        _settledVersions.Check(current);
        if (_lastRead is not { } last)
            return;
        bool kept = current is not null && ReferenceEquals(current.LeftOut, last.LeftOut)
            && ((ReferenceEquals(current.Endpoints, last.Endpoints) && ReferenceEquals(current.Warnings, last.Warnings))
                || IsLastResortOf(current, last));
        _violations.Unless(
            kept, "I1",
            () =>
                $"the source last gave '{SnapshotText.Of(last)}', and the directory shows " +
                $"'{(current is null ? "nothing" : SnapshotText.Of(current))}'");
        _violations.Unless(
            current is null || current.IsStale == (view.Failure is not null), "I1",
            () => $"version {current!.Version} does not tell whether it is stale");
    }

    /// <summary>True when the one is the other, whose pods are not ready, with these pods as available ones, and says so.</summary>
    private static bool IsLastResortOf(EndpointSnapshot shown, EndpointSnapshot read) =>
        read.Available.Count == 0 && SnapshotText.Of(shown) == SnapshotText.Of(read)
        && shown.Warnings.Count == read.Warnings.Count + 1 && shown.Warnings[^1].Kind == EndpointWarningKind.NoneReady;

    private void BeginTrouble()
    {
        if (!_inTrouble)
            Interlocked.Increment(ref _troubles);
        _inTrouble = true;
    }

    private async Task SubscribeAsync(EndpointView view)
    {
        VersionRules versions = new(_violations, "a subscriber");
        await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(_stop.Token))
            versions.Check(snapshot);
    }
}
