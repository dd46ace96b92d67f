using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Berth.Backoff;
using Berth.Diagnostics;
using Berth.Persistence;
using Berth.Signals;
using Berth.Snapshots;
using Microsoft.Extensions.Logging;

namespace Berth.Directories;

/// <summary>
/// Keeps the view of one target up to date: reads its stream in the background and publishes each change. The only writer of the view.
/// </summary>
internal sealed class EndpointFollower : ISupervised, IAsyncDisposable
{
    private readonly IEndpointStream _stream;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _lastResort;
    private readonly Latest<ViewState> _states;
    private readonly SourceHealth _health = new();
    private readonly Supervisor _supervisor;

    public EndpointFollower(
        ServiceTarget target,
        PortScheme ports,
        IEndpointStream stream,
        EndpointDirectoryOptions options,
        ILogger logger,
        IBackoffPolicy backoff,
        SavedSnapshot? saved)
    {
        _stream = stream;
        _time = options.TimeProvider;
        _lastResort = options.LastResort;
        _logger = logger;
        _states = new Latest<ViewState>(new ViewState(null, Served(saved?.Restore(ports)), null));
        _supervisor = new Supervisor(this, backoff, _time);
        View = new EndpointView(target, ports, _states, _health, options);
        if (saved is not null)
            StartFrom(saved);
    }

    /// <summary>The reading side.</summary>
    public EndpointView View { get; }

    /// <summary>Starts to follow.</summary>
    public void Start() => _supervisor.Start();

    /// <summary>Stops following, closes the stream and ends every wait for a change. What was published stays readable.</summary>
    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.CloseFailed(_logger, View.Target, exception);
        }

        _states.End();
    }

    /// <summary>
    /// Starts with a snapshot from the file. Its age comes from the wall clock, the only clock that two processes share. After that the
    /// monotonic clock counts.
    /// </summary>
    private void StartFrom(SavedSnapshot saved)
    {
        TimeSpan age = _time.GetUtcNow() - saved.ConfirmedAt;
        if (age < TimeSpan.Zero)
            age = TimeSpan.Zero;
        ConfirmAt(age);
        Log.ServingFromFile(_logger, View.Target, saved.Version, age);
    }

    private void ConfirmAt(TimeSpan age)
    {
        TimeSpan limited = age < SourceHealth.MaxAge ? age : SourceHealth.MaxAge;
        _health.ConfirmedAt = _time.GetTimestamp() - (long)(limited.TotalSeconds * _time.TimestampFrequency);
    }

    /// <inheritdoc/>
    public async ValueTask StepAsync(CancellationToken stopping) => Publish(await _stream.ReadAsync(stopping).ConfigureAwait(false));

    /// <summary>
    /// Publishes a read snapshot, unless it only confirms the current one. A source may return a snapshot that is already stale: its
    /// content counts, but it confirms nothing. A source that states the age of its snapshots is believed.
    /// </summary>
    private void Publish(EndpointSnapshot read)
    {
        ViewState before = _states.Value;
        if (read.StatedAge is { } age)
            ConfirmAt(age);
        else if (!read.IsStale || before.Snapshot is null)
            _health.ConfirmedAt = _time.GetTimestamp();
        if (HasSameContent(read, before.Read) && read.StaleReason == before.Failure?.Message)
            return;
        EndpointSnapshot next = before.Snapshot is { } shown && HasSameContent(read, before.Read)
            ? shown
            : Served(read).WithVersion((before.Snapshot?.Version ?? 0) + 1, _time.GetUtcNow());
        next = next.IsStale ? next.AsLive() : next;
        if (read.StaleReason is { } reason)
            Swap(read, next, new EndpointSourceException(reason), read.StatedAge is null ? null : read.StaleSince);
        else
            Recover(before, new ViewState(read, next, null));
        // Readers have the snapshot by now, whatever the logger does.
        if (!ReferenceEquals(next.Warnings, before.Snapshot?.Warnings))
            LogWarnings(before.Snapshot?.Warnings ?? [], next.Warnings);
    }

    [return: NotNullIfNotNull(nameof(read))]
    private EndpointSnapshot? Served(EndpointSnapshot? read) => _lastResort ? read?.WithLastResort() : read;

    private void Recover(ViewState before, ViewState next)
    {
        Show(before, next);
        if (before.Failure is null && before.Snapshot is not { IsStale: true })
            return;
        double seconds = before.Snapshot?.StaleSince is { } since ? Math.Max(0, (_time.GetUtcNow() - since).TotalSeconds) : 0;
        Log.Recovered(_logger, View.Target, next.Snapshot!.Version, seconds);
    }

    /// <inheritdoc/>
    public TimeSpan? Fail(Exception exception)
    {
        EndpointSourceException failure = EndpointSourceException.Of(View.Target, exception);
        _health.CountFailure();
        ViewState before = _states.Value;
        Swap(before.Read, before.Snapshot, failure);
        return failure.RetryAfter;
    }

    private void Tell(EndpointSnapshot? served, EndpointSourceException failure)
    {
        if (served is null)
            Log.TroubleAtFirst(_logger, View.Target, failure.Message, failure.InnerException);
        else
            Log.Trouble(_logger, View.Target, served.Version, failure.Message, failure.InnerException);
    }

    /// <summary>Publishes a snapshot as stale since the first of the failures, the source's own included.</summary>
    private void Swap(EndpointSnapshot? read, EndpointSnapshot? snapshot, EndpointSourceException failure, DateTimeOffset? stated = null)
    {
        ViewState before = _states.Value;
        try
        {
            if (before.Failure is null)
                Tell(before.Snapshot, failure);
        }
        finally
        {
            // Readers must see the failure even if the logger throws.
            DateTimeOffset? since = before.Snapshot?.StaleSince;
            Show(before, new ViewState(read, AsStale(snapshot, stated < since ? stated : since ?? stated, failure), failure));
        }
    }

    private void Show(ViewState before, ViewState next)
    {
        using Activity? activity = PublishActivity.Start(View.Target, before, next);
        _states.Swap(next);
    }

    private void LogWarnings(IReadOnlyList<EndpointWarning> before, IReadOnlyList<EndpointWarning> now)
    {
        foreach (EndpointWarning warning in now.Except(before))
            Log.Warning(_logger, View.Target, EndpointWords.Of(warning.Kind), warning.Detail);
        foreach (EndpointWarning warning in before.Where(b => now.All(n => n.Kind != b.Kind)))
            Log.WarningIsOver(_logger, View.Target, EndpointWords.Of(warning.Kind));
    }

    private EndpointSnapshot? AsStale(EndpointSnapshot? snapshot, DateTimeOffset? since, EndpointSourceException failure) =>
        snapshot is null or { IsStale: true } ? snapshot : snapshot.AsStale(since ?? _time.GetUtcNow(), failure.Message);

    private static bool HasSameContent(EndpointSnapshot read, EndpointSnapshot? before) =>
        before is not null && ReferenceEquals(read.Endpoints, before.Endpoints) && ReferenceEquals(read.LeftOut, before.LeftOut)
        && ReferenceEquals(read.Warnings, before.Warnings) && ReferenceEquals(read.Clusters, before.Clusters);
}
