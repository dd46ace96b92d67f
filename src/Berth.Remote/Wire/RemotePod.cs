using System.Net;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>A pod with one address, kept as the Kubernetes source keeps it.</summary>
internal sealed class RemotePod : CompactEndpoint
{
    private RemotePod(PodName name, PodPlace place, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating)
        : base(name, place, uid, address, ready, serving, terminating)
    {
    }

    /// <summary>Makes the pod, or gives null when its ports are not those of the plan.</summary>
    public static RemotePod? TryMake(
        PodName name, PodPlace place, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating, PortPlan plan)
    {
        RemotePod pod = new(name, place, uid, address, ready, serving, terminating);
        return pod.TrySetPlan(plan) ? pod : null;
    }
}
