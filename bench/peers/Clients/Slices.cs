using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>What both servers of this program make of slices: the same rule for ports, written the short way.</summary>
internal static class Slices
{
    public static string Selector(string service) => $"kubernetes.io/service-name={service}";

    /// <summary>The <c>ip:port</c> of every ready pod.</summary>
    public static string[] Addresses(IEnumerable<V1EndpointSlice> slices, int portBase) =>
        [.. slices.SelectMany(static s => s.Endpoints ?? [])
            .Where(static e => e.Conditions?.Ready != false && e.TargetRef is not null)
            .Select(e => $"{e.Addresses[0]}:{portBase + int.Parse(e.TargetRef.Name.AsSpan(e.TargetRef.Name.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture)}")];
}
