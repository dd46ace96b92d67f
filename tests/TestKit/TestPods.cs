using System.Globalization;
using System.Net;

namespace Berth.TestKit;

/// <summary>Short ways to make endpoints and targets.</summary>
public static class TestPods
{
    public static ServiceTarget Target { get; } = new("k8s-example2", "service-b");

    public static PortScheme Ports { get; } = PortScheme.PerOrdinal(3000);

    public static PodEndpoint Endpoint(
        int ordinal, string set =
            "service-b", string? uid =
                null, string address = "10.77.0.1", bool ready = true, bool serving = true, bool terminating = false) => new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{set}-{ordinal}"),
            Namespace = Target.Namespace,
            Uid = uid ?? $"uid-of-{set}-{ordinal}",
            Ordinal = ordinal,
            Addresses = [IPAddress.Parse(address)],
            Ports = [new EndpointPort("", 3000 + ordinal)],
            Ready = ready,
            Serving = serving,
            Terminating = terminating,
        };

    public static EndpointSnapshot Snapshot(params IEnumerable<PodEndpoint> endpoints) => EndpointSnapshot.Create(Target, Ports, endpoints);

    public static EndpointSnapshot Snapshot(int count) => Snapshot(Enumerable.Range(0, count).Select(i => Endpoint(i)));
}
