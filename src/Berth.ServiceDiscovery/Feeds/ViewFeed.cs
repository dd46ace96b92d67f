using Berth.Backoff;
using Berth.ServiceDiscovery.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.ServiceDiscovery.Feeds;

/// <summary>
/// Follows one view for all providers of its names: publishes an edition for each change of its endpoints, and then ends the one before.
/// </summary>
/// <remarks>
/// A change of freshness makes no edition, because it changes no list, until a stale list is too old to be served.
/// Microsoft.Extensions.ServiceDiscovery never disposes some of its watchers (dotnet/extensions#7670): each costs a registration on the
/// current edition, and no task.
/// </remarks>
internal sealed class ViewFeed : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly EndpointView _view;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Supervisor _supervisor;
    private readonly Lock _publishing = new();
    private volatile Edition _edition;
    private volatile bool _hasEnded;
    private EndpointSnapshot? _seen;
    private bool _isTooStale;

    /// <summary>Starts to follow a view until it ends.</summary>
    public ViewFeed(EndpointView view, TimeProvider time, ILogger logger)
    {
        _view = view;
        _time = time;
        _logger = logger;
        _edition = new Edition(view.Current);
        // On the thread pool, so that listeners of the token do not run on the thread that publishes snapshots.
        _supervisor = new Supervisor(FollowAsync, Failed, new SteadyBackoff(s_pause), time);
        _supervisor.Start();
    }

    /// <summary>Returns the current edition, with a snapshot. It waits only for the first one.</summary>
    /// <exception cref="EndpointSourceException">
    /// The first snapshot did not arrive in time, or the last is too old to be served.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The view is no longer kept up to date.</exception>
    public ValueTask<Edition> ReadAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded)
            throw Ended();
        Edition edition = _edition;
        return edition.Snapshot is null || _view.IsTooStale ? ReadFirstAsync(cancellationToken) : new ValueTask<Edition>(edition);
    }

    /// <summary>Stops following.</summary>
    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    private async ValueTask<Edition> ReadFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _view.GetEndpointsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            throw Ended();
        }

        return Publish(always: false);
    }

    private async ValueTask FollowAsync(CancellationToken stopping)
    {
        if (!await WaitAsync(stopping).ConfigureAwait(false))
        {
            _hasEnded = true;
            End(_edition);
            _supervisor.Stop();
            return;
        }

        _seen = _view.Current;
        bool wasTooStale = _isTooStale;
        _isTooStale = _view.IsTooStale;
        // Owners of the list must ask again, although it is the same: they then get the reason why it is not served.
        Publish(always: _isTooStale && !wasTooStale);
    }

    /// <summary>Reports a defect of this feed.</summary>
    private TimeSpan? Failed(Exception exception)
    {
        Log.FollowFailed(_logger, _view.Target, s_pause.TotalSeconds, exception);
        return null;
    }

    /// <summary>Waits for a change, or until a stale snapshot becomes too old. False when no change can follow.</summary>
    private async Task<bool> WaitAsync(CancellationToken stopping)
    {
        Task<bool> changed = _view.WaitForChangeAsync(_seen, stopping);
        if (_isTooStale || _view.UntilTooStale is not { } rest)
            return await changed.ConfigureAwait(false);
        try
        {
            return await changed.WaitAsync(rest, _time, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    /// <summary>Makes an edition of the view's latest snapshot if its endpoints differ, and returns the current one.</summary>
    private Edition Publish(bool always)
    {
        Edition before;
        Edition next;
        lock (_publishing)
        {
            before = _edition;
            if (_view.Current is not { } snapshot || (!always && ReferenceEquals(snapshot.Endpoints, before.Snapshot?.Endpoints)))
                return before;
            _edition = next = new Edition(snapshot);
        }

        End(before);
        return next;
    }

    private void End(Edition edition)
    {
        try
        {
            edition.End();
        }
        catch (Exception exception)
        {
            Log.ListenerFailed(_logger, _view.Target, exception);
        }
    }

    private ObjectDisposedException Ended() => new(
        nameof(EndpointDirectory),
        $"{_view.Target} is no longer followed: its directory is disposed, or has released it. Use its names only while the directory " +
        "is in use.");
}
