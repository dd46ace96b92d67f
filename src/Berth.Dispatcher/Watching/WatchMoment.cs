namespace Berth.Dispatcher;

/// <summary>What watching clients are woken with: the latest snapshot, how it was reached, and whether a later moment is there.</summary>
/// <param name="snapshot">The latest snapshot, or null before the first one.</param>
/// <param name="before">The snapshot that this one followed, or null when it is the first.</param>
/// <param name="frame">The event that leads from that one to this one, written once for all clients.</param>
/// <param name="isEnd">True when no moment follows.</param>
internal sealed class WatchMoment(EndpointSnapshot? snapshot, EndpointSnapshot? before, ReadOnlyMemory<byte> frame, bool isEnd)
{
    // Without a value: a client that holds on to an old moment must not keep all that followed.
    private readonly TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndpointSnapshot? Snapshot => snapshot;

    public EndpointSnapshot? Before => before;

    public ReadOnlyMemory<byte> Frame => frame;

    public bool IsEnd => isEnd;

    /// <summary>Ends when there is a later moment.</summary>
    public Task Next => _next.Task;

    public void Signal() => _next.SetResult();
}
