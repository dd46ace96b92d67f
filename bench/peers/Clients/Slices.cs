using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>Computes ports from slices, for both servers of this program.</summary>
internal static class Slices
{
    public static string Selector(string service) => $"kubernetes.io/service-name={service}";

    /// <summary>The <c>ip:port</c> of every ready pod.</summary>
    public static string[] Addresses(IEnumerable<V1EndpointSlice> slices, int portBase) =>
        [.. slices.SelectMany(static s => s.Endpoints ?? [])
            .Where(static e => e.Conditions?.Ready != false && e.TargetRef is not null)
            .Select(e => $"{e.Addresses[0]}:{portBase + OrdinalOf(e.TargetRef.Name)}")];

    private static int OrdinalOf(string pod) =>
        int.Parse(pod.AsSpan(pod.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture);
}
