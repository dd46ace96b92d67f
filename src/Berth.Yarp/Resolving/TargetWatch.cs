using Berth.Backoff;
using Berth.Yarp.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Yarp.Resolving;

/// <summary>The pods of one target as the proxy is to see them. It says when they change.</summary>
internal sealed class TargetWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_staleCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly EndpointView _view;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private readonly Supervisor _supervisor;
    private volatile EndpointList? _pods;
    private bool _isTold = true;

    /// <summary>Starts to follow a view until it ends.</summary>
    public TargetWatch(EndpointView view, TimeProvider time, ILogger logger, Action changed)
    {
        _view = view;
        _time = time;
        _logger = logger;
        _changed = changed;
        _pods = ReadPods(view.Current);
        _supervisor = new Supervisor(FollowAsync, Failed, new SteadyBackoff(s_pause), time);
        _supervisor.Start();
    }

    /// <summary>The pods that requests may go to: those that are available, and none when the snapshot is too stale to be served.</summary>
    public IReadOnlyList<PodEndpoint> Pods => _pods ?? (IReadOnlyList<PodEndpoint>)[];

    /// <summary>Completes when the watch has ended: it was stopped, or no change of the view can follow. It never fails.</summary>
    public Task Running => _supervisor.Running;

    /// <summary>Stops following, and does not wait for the end.</summary>
    public void Stop() => _supervisor.Stop();

    /// <summary>Stops following.</summary>
    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    private async ValueTask FollowAsync(CancellationToken stopping)
    {
        EndpointSnapshot? seen = _view.Current;
        Take(ReadPods(seen));
        if (!await WaitAsync(seen, stopping).ConfigureAwait(false))
            _supervisor.Stop();
    }

    /// <summary>Reports a defect of this watch, or a clock that throws.</summary>
    private TimeSpan? Failed(Exception exception)
    {
        Log.FollowingFailed(_logger, _view.Target, s_pause.TotalSeconds, exception);
        return null;
    }

    private async Task<bool> WaitAsync(EndpointSnapshot? seen, CancellationToken stopping)
    {
        Task<bool> change = _view.WaitForChangeAsync(seen, stopping);
        if (seen is not { IsStale: true })
            return await change.ConfigureAwait(false);
        try
        {
            return await change.WaitAsync(s_staleCheck, _time, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // No event reports that a snapshot has become too old.
            return true;
        }
    }

    private EndpointList? ReadPods(EndpointSnapshot? snapshot) => _view.IsTooStale ? null : snapshot?.Available;

    private void Take(EndpointList? pods)
    {
        if (!AreSame(pods, _pods))
        {
            _pods = pods;
            _isTold = false;
        }

        if (_isTold)
            return;
        // A report that fails is made again.
        _changed();
        _isTold = true;
    }

    private static bool AreSame(EndpointList? left, EndpointList? right)
    {
        if (left is null || right is null || left.Count != right.Count)
            return left is null && right is null;
        for (int i = 0; i < left.Count; i++)
        {
            if (!left[i].ContentEquals(right[i]))
                return false;
        }

        return true;
    }
}
