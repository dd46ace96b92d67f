namespace Berth.Planning.Ranges;

/// <summary>Ports of a program that nodes run.</summary>
/// <param name="First">The first port.</param>
/// <param name="Last">The last port.</param>
/// <param name="Protocol">The protocol, or null for any.</param>
/// <param name="Name">The program.</param>
/// <param name="OnControlPlane">True when only nodes of the control plane run it.</param>
internal sealed record NodeProgram(int First, int Last, string? Protocol, string Name, bool OnControlPlane = false)
{
    /// <summary>
    /// The ports of Kubernetes (<see href="https://kubernetes.io/docs/reference/networking/ports-and-protocols/">Ports and
    /// Protocols</see>), and of other programs that many nodes run.
    /// </summary>
    public static IReadOnlyList<NodeProgram> WellKnown { get; } =
    [
        new(22, 22, "TCP", "sshd"),
        new(179, 179, "TCP", "BGP of the network plugin"),
        new(2379, 2381, "TCP", "etcd", OnControlPlane: true),
        new(4240, 4240, "TCP", "cilium's health check"),
        new(4244, 4244, "TCP", "hubble"),
        new(4789, 4789, "UDP", "VXLAN of the network plugin"),
        new(6443, 6443, "TCP", "the API server", OnControlPlane: true),
        new(8472, 8472, "UDP", "VXLAN of the network plugin"),
        new(9099, 9099, "TCP", "calico's health check"),
        new(9100, 9100, "TCP", "the node exporter"),
        new(10248, 10248, "TCP", "the kubelet's health check"),
        new(10249, 10249, "TCP", "kube-proxy's metrics"),
        new(10250, 10250, "TCP", "the kubelet"),
        new(10255, 10255, "TCP", "the kubelet's read-only port"),
        new(10256, 10256, "TCP", "kube-proxy's health check"),
        new(10257, 10257, "TCP", "the controller manager", OnControlPlane: true),
        new(10259, 10259, "TCP", "the scheduler", OnControlPlane: true),
    ];
}
