using Berth.Directories;
using Berth.Snapshots;

namespace Berth.Clusters;

/// <summary>
/// One target's snapshots over several clusters. It gives one when anything changes in a cluster: pods, or from live to stale and back. It
/// fails only while no cluster has ever given a list.
/// </summary>
internal sealed class ClusterStream(
    ServiceTarget target, PortScheme ports, FollowedCluster[] members, TimeProvider time) : IEndpointStream
{
    /// <summary>
    /// The time in which every cluster must answer or fail. Then the first snapshot is published without it. A dispatcher must not send its
    /// first clients to the second cluster only because that was a moment faster.
    /// </summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closing = new();
    private Task? _patience;
    private EndpointSnapshot? _given;
    private string? _told;

    /// <inheritdoc/>
    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        _patience ??= Task.Delay(Patience, time, _closing.Token);
        while (true)
        {
            EndpointCluster[] clusters = Read(out TimeSpan? limit);
            if (FindNext(clusters) is { } next)
                return _given = next;
            await WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>Reads all clusters. The wait for a change of each starts before it is read, so that no change is lost in between.</summary>
    private EndpointCluster[] Read(out TimeSpan? limit)
    {
        limit = null;
        List<EndpointCluster> clusters = new(members.Length);
        foreach (FollowedCluster member in members)
        {
            ViewState state = member.Read(_closing.Token);
            EndpointView view = member.View;
            if (view.UntilTooStale is { } left && left > TimeSpan.Zero && !(left > limit))
                limit = left;
            Add(clusters, member.Name, view, state);
        }

        return [.. clusters];
    }

    private static void Add(List<EndpointCluster> clusters, string name, EndpointView view, ViewState state)
    {
        if (state.Snapshot is not { Clusters.Count: > 0 } several)
        {
            clusters.Add(new EndpointCluster(name, state.Snapshot, state.Failure?.Message, view.IsTooStale, () => view.Age));
            return;
        }

        // A dispatcher that follows several clusters itself. While it is silent, all of them are.
        foreach (EndpointCluster nested in several.Clusters)
        {
            EndpointSnapshot? part = several.IsStale && nested.Snapshot is { IsStale: false } live
                ? live.AsStale(several.StaleSince ?? default, several.StaleReason ?? "")
                : nested.Snapshot;
            clusters.Add(new EndpointCluster(nested.Name, part, nested.Reason, view.IsTooStale, () => nested.Age));
        }
    }

    /// <summary>Returns the next snapshot, or null when there is none.</summary>
    /// <exception cref="EndpointSourceException">Every cluster has failed, and not one has ever given a list.</exception>
    private EndpointSnapshot? FindNext(EndpointCluster[] clusters)
    {
        bool isSettled = _given is not null || _patience!.IsCompleted
            || Array.TrueForAll(clusters, static cluster => cluster.Snapshot is not null || cluster.Reason is not null);
        if (!isSettled)
            return null;
        if (Array.Exists(clusters, static cluster => cluster.Snapshot is not null))
            return _given is not null && IsSame(_given.Clusters, clusters) ? null : ClusterJoin.Join(target, ports, clusters);
        string failure = string.Join(' ', clusters.Where(static cluster => cluster.Reason is not null)
            .Select(static cluster => $"Cluster {cluster.Name}: {cluster.Reason}"));
        if (failure.Length == 0 || failure == _told)
            return null;
        _told = failure;
        throw new EndpointSourceException(failure);
    }

    private static bool IsSame(IReadOnlyList<EndpointCluster> before, EndpointCluster[] now)
    {
        if (before.Count != now.Length)
            return false;
        for (int i = 0; i < now.Length; i++)
        {
            if (!before[i].IsSameAs(now[i]))
                return false;
        }

        return true;
    }

    private async Task WaitAsync(TimeSpan? limit, CancellationToken cancellationToken)
    {
        List<Task> all = [.. members.Select(static member => member.Change)];
        if (_given is null && !_patience!.IsCompleted)
            all.Add(_patience);
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        if (limit is { } left)
            all.Add(Task.Delay(left, time, timer.Token));
        try
        {
            await Task.WhenAny(all).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also when the wait is cancelled: a timer may be set to weeks.
            await timer.CancelAsync().ConfigureAwait(false);
        }
    }
}
