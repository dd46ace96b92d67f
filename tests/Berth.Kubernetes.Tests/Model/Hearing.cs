using Berth.Kubernetes.Assembly;

namespace Berth.Kubernetes.Model;

/// <summary>
/// Whether a client has been told everything for a while: then it has to show it, and must not wait for a list to put right what it missed.
/// </summary>
internal sealed class Hearing(ApiServer api, bool withNodes, TimeProvider time)
{
    // Nothing is held for longer than the pods of a deleted slice.
    private static readonly TimeSpan s_prompt = PodHolds.Deleted + TimeSpan.FromSeconds(1);

    private OpenWatch? _slices;
    private OpenWatch? _nodes;
    private DateTimeOffset _since;

    /// <summary>
    /// Looks; true once it has been told everything by the same watches, and was in no trouble, for longer than anything may take.
    /// </summary>
    public bool IsLate(Follower follower)
    {
        OpenWatch? slices = api.OnlyHearing(api.Slices);
        OpenWatch? nodes = withNodes ? api.OnlyHearing(api.Nodes) : null;
        bool hears = slices is not null && (nodes is not null || !withNodes) && !follower.IsBackingOff && !follower.IsBusy;
        if (!hears || slices != _slices || nodes != _nodes)
            _since = time.GetUtcNow();
        (_slices, _nodes) = (slices, nodes);
        return hears && time.GetUtcNow() - _since > s_prompt;
    }
}
