using Berth.Directories;

namespace Berth.Clusters;

/// <summary>One target in one cluster, for one reader.</summary>
internal sealed class FollowedCluster(ClusterMember member, ServiceTarget target, PortScheme ports)
{
    private static readonly Task<bool> s_never = new TaskCompletionSource<bool>().Task;

    private Task<bool>? _change;

    /// <summary>The name of the cluster.</summary>
    public string Name => member.Name;

    /// <summary>Its view of the target.</summary>
    public EndpointView View { get; private set; } = member.Directory.Follow(target, ports);

    /// <summary>Completes when there is something to read.</summary>
    public Task<bool> Change => _change ?? s_never;

    /// <summary>Reads the state, and waits for the next one from now on.</summary>
    public ViewState Read(CancellationToken closing)
    {
        if (_change is { IsCompletedSuccessfully: true, Result: false })
            FollowAgain();
        ViewState state = View.State;
        // A wait that is not over stays: a cluster that is quiet must not collect one for each change of another.
        if (_change is null or { IsCompleted: true })
            _change = View.WaitForNextAsync(state, closing);
        return state;
    }

    /// <summary>The view has ended: the target was released between two readers, or the directory is disposed.</summary>
    private void FollowAgain()
    {
        try
        {
            EndpointView view = member.Directory.Follow(target, ports);
            _change = ReferenceEquals(view, View) ? s_never : null;
            View = view;
        }
        catch (ObjectDisposedException)
        {
            _change = s_never;
        }
    }
}
