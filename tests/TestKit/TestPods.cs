using System.Globalization;
using System.Net;

namespace Berth.TestKit;

/// <summary>Short ways to make endpoints and targets.</summary>
public static class TestPods
{
    public static ServiceTarget Target { get; } = new("k8s-example2", "service-b");

    public static PortScheme Ports { get; } = PortScheme.PerOrdinal(3000);

    public static PodEndpoint Endpoint(
        int ordinal,
        string set = "service-b",
        string? uid = null,
        string address = "10.77.0.1",
        bool ready = true,
        bool serving = true,
        bool terminating = false) => PodEndpoint.Create(
            string.Create(CultureInfo.InvariantCulture, $"{set}-{ordinal}"),
            Target.Namespace,
            [IPAddress.Parse(address)],
            [new EndpointPort("", 3000 + ordinal)],
            ordinal,
            uid ?? $"uid-of-{set}-{ordinal}",
            ready: ready,
            serving: serving,
            terminating: terminating);

    public static EndpointSnapshot Snapshot(params IEnumerable<PodEndpoint> endpoints) => EndpointSnapshot.Create(Target, Ports, endpoints);

    public static EndpointSnapshot Snapshot(int count) => Snapshot(Enumerable.Range(0, count).Select(i => Endpoint(i)));
}
