using Berth.Kubernetes.Assembly;

namespace Berth.Kubernetes.Model;

/// <summary>
/// Tells whether a client has had all events for some time. Then it must show them, and must not wait for a list to correct what it missed.
/// </summary>
internal sealed class Hearing(ApiServer api, bool withNodes, TimeProvider time)
{
    // The pods of a deleted slice are held longest.
    private static readonly TimeSpan s_prompt = PodHolds.Deleted + TimeSpan.FromSeconds(1);

    private OpenWatch? _slices;
    private OpenWatch? _nodes;
    private DateTimeOffset _since;

    /// <summary>
    /// Checks the client. Returns true when it got everything over the same watches, without a failure, for longer than any delay.
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
