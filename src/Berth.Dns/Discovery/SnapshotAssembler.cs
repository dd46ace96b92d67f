using System.Net;
using System.Net.Sockets;
using Berth.Sources;

namespace Berth.Dns.Discovery;

/// <summary>Creates snapshots from readings. The same content gives the same instance.</summary>
internal sealed class SnapshotAssembler(ServiceTarget target, PortScheme ports, AddressFamilies families)
{
    private readonly SnapshotBuilder _builder = new(target, ports);
    private HashSet<string> _present = new(StringComparer.Ordinal);
    private EndpointSnapshot? _last;

    /// <summary>Creates the snapshot of a state, or returns the last one when nothing differs.</summary>
    public EndpointSnapshot Assemble(ServiceState state)
    {
        HashSet<string> present = new(StringComparer.Ordinal);
        HashSet<IPAddress> nameless = [.. state.Addresses];
        foreach (NamedPod pod in state.Pods)
        {
            if (IsMadeFromAddress(pod))
                continue;
            nameless.ExceptWith(pod.Addresses);
            present.Add(pod.Host);
            Apply(pod);
        }

        foreach (IPAddress address in nameless)
            LeaveOut(address.ToString(), LeftOutReason.NoName, WhyNameless(state));
        foreach (string foreign in state.ForeignTargets)
            LeaveOut(
                foreign, LeftOutReason.Malformed, "an SRV record of the Service names it, and it is not a pod's name below the Service");
        foreach (string gone in _present.Where(name => !present.Contains(name)))
            _builder.Remove(gone);
        _present = present;
        return _last = _builder.HasChanges ? _builder.Build() : _last!;

        void LeaveOut(string name, LeftOutReason reason, string detail)
        {
            present.Add(name);
            _builder.LeaveOut(new LeftOutPod(name, reason, detail));
        }
    }

    private static string WhyNameless(ServiceState state) => state.SearchedFor is null
        ? "DNS has no pod name for this address; the Service must be headless and be the serviceName of the StatefulSet"
        : $"DNS has no SRV records of the Service, and {state.SearchedFor}, which were looked for, do not have this address; "
            + "if the StatefulSet has another name, give it as StatefulSetName; the Service must be headless and be its serviceName";

    private void Apply(NamedPod pod)
    {
        int? ordinal = PodOrdinal.TryParse(pod.Host, out int parsed, out string? noOrdinal) ? parsed : null;
        if (ports.NeedsOrdinal && ordinal is null)
            _builder.LeaveOut(new LeftOutPod(pod.Host, LeftOutReason.NoOrdinal, noOrdinal!));
        else if (!ports.TryResolve(ordinal, pod.ServicePorts, out IReadOnlyList<EndpointPort> resolved, out string? noPort))
            _builder.LeaveOut(new LeftOutPod(pod.Host, HasBase(pod) ? LeftOutReason.PortOutOfRange : LeftOutReason.NoServicePort, noPort));
        else if (Sort(pod.Addresses) is { Length: > 0 } addresses)
            _builder.Set(PodEndpoint.Create(pod.Host, target.Namespace, addresses, resolved, ports.NeedsOrdinal ? ordinal : null));
        else if (pod.Addresses.Count > 0)
            _builder.LeaveOut(new LeftOutPod(pod.Host, LeftOutReason.Malformed, $"'{pod.Addresses[0]}' is not the address of a machine"));
        else
            _builder.LeaveOut(
                new LeftOutPod(
                    pod.Host, LeftOutReason.NoAddress,
                    pod.Failure?.Message.TrimEnd('.') ?? "DNS names the pod and has no address of the wanted kind for it"));
    }

    /// <summary>
    /// Sorts the addresses, because servers change the order of records in each answer. Removes the unspecified address, which filtering
    /// servers return for hidden names: a client that dials it reaches its own machine.
    /// </summary>
    private IPAddress[] Sort(IReadOnlyList<IPAddress> addresses) =>
    [
        .. addresses.Distinct().Where(static a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any))
            .OrderBy(Rank).ThenBy(static a => Convert.ToHexString(a.GetAddressBytes()), StringComparer.Ordinal),
    ];

    private int Rank(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetworkV6) == (families.First() == AddressFamily.InterNetworkV6) ? 0 : 1;

    /// <summary>
    /// Returns true when there is a base port. Ordinal 0 has the base port itself, so if it has no port, there is no base.
    /// </summary>
    private bool HasBase(NamedPod pod) => ports.TryResolve(0, pod.ServicePorts, out _, out _);

    /// <summary>
    /// Returns true for a name made from an address. Servers name an endpoint without a hostname like that (CoreDNS: 10-88-0-10). It is not
    /// a pod's name, and the 10 at its end is not an ordinal.
    /// </summary>
    private static bool IsMadeFromAddress(NamedPod pod) =>
        pod.Addresses.Any(
            address =>
                IPAddress.TryParse(
                    pod.Host.Replace('-', address.AddressFamily == AddressFamily.InterNetwork ? '.' : ':'),
                    out IPAddress? named) && named.Equals(address));
}
