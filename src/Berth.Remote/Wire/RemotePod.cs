using System.Net;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>A pod with one address, in the compact form that the Kubernetes source uses.</summary>
internal sealed class RemotePod : CompactEndpoint
{
    private RemotePod(PodName name, PodScope scope, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating)
        : base(name, scope, uid, address, ready, serving, terminating)
    {
    }

    /// <summary>Creates the pod, or returns null when its ports are not those of the rule.</summary>
    public static RemotePod? TryMake(
        PodName name, PodScope scope, PodUid uid, IPAddress address, bool ready, bool serving, bool terminating, PortRule rule)
    {
        RemotePod pod = new(name, scope, uid, address, ready, serving, terminating);
        return pod.TrySetRule(rule) ? pod : null;
    }
}
