using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Berth.Sources;

/// <summary>Reads a pod that is written as an address, or as an address and a port.</summary>
internal static class PodText
{
    /// <summary>Creates the endpoint of a pod.</summary>
    /// <param name="target">The Service that it belongs to.</param>
    /// <param name="ports">The scheme, for a pod without a port of its own.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="text">The address, or the address and the port.</param>
    /// <param name="pod">The endpoint.</param>
    /// <param name="fault">On failure, the reason: a clause without a full stop.</param>
    public static bool TryParse(
        ServiceTarget target, PortScheme ports, string name, string? text, [NotNullWhen(true)] out PodEndpoint? pod,
        [NotNullWhen(false)] out string? fault)
    {
        pod = null;
        if (!PodOrdinal.TryParse(name, out int number, out fault) && ports.NeedsOrdinal)
            return false;
        int? ordinal = fault is null ? number : null;
        if (!AddressText.TryParse(text, out IPAddress? address, out int? port))
        {
            fault = $"'{text}' is not an address or an address and a port, as in 10.88.0.10 or 10.88.0.10:3002";
            return false;
        }

        IReadOnlyList<EndpointPort> own = port is { } given ? [new EndpointPort("", given)] : [];
        if (port is null && !ports.TryResolve(ordinal, [], out own, out fault))
            return false;
        pod = PodEndpoint.Create(name, target.Namespace, [address], own, ordinal);
        fault = null;
        return true;
    }
}
