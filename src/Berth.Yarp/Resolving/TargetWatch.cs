using Berth.Yarp.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Yarp.Resolving;

/// <summary>The pods of one target as the proxy is to see them. It says when they change.</summary>
internal sealed class TargetWatch
{
    private static readonly TimeSpan s_staleCheck = TimeSpan.FromSeconds(1);

    private readonly EndpointView _view;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private volatile EndpointList? _pods;

    public TargetWatch(EndpointView view, TimeProvider time, ILogger logger, Action changed, CancellationToken stopping)
    {
        _view = view;
        _time = time;
        _logger = logger;
        _changed = changed;
        _pods = ReadPods(view.Current);
        Running = RunAsync(stopping);
    }

    /// <summary>The pods that requests may go to: those that are available, and none when the snapshot is too stale to be served.</summary>
    public IReadOnlyList<PodEndpoint> Pods => _pods ?? (IReadOnlyList<PodEndpoint>)[];

    /// <summary>Completes when the watch has ended. It never fails.</summary>
    public Task Running { get; }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            EndpointSnapshot? seen = null;
            do
            {
                seen = _view.Current;
                Take(ReadPods(seen));
            }
            while (await WaitAsync(seen, stopping).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            Log.FollowingFailed(_logger, _view.Target, exception);
        }
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
        if (AreSame(pods, _pods))
            return;
        _pods = pods;
        _changed();
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
