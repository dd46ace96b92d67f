using System.Text.Json.Nodes;

namespace Berth.Conformance.Workloads;

/// <summary>
/// An EndpointSlice written by hand. Its addresses are those of a private network: a real API server refuses loopback, and no test dials
/// them.
/// </summary>
internal static class Slice
{
    public static string In(string @namespace) => $"/apis/discovery.k8s.io/v1/namespaces/{@namespace}/endpointslices";

    public static string Of(string service) => $"labelSelector=kubernetes.io%2Fservice-name%3D{service}";

    public static JsonObject New(
        string name, string service, IEnumerable<JsonNode> endpoints, string family = "IPv4",
        params (string Name, int Number)[] ports) => new()
    {
        ["apiVersion"] = "discovery.k8s.io/v1",
        ["kind"] = "EndpointSlice",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["labels"] = new JsonObject
            {
                ["kubernetes.io/service-name"] = service,
                ["endpointslice.kubernetes.io/managed-by"] = "conformance.berth",
            },
        },
        ["addressType"] = family,
        ["endpoints"] = new JsonArray([.. endpoints]),
        ["ports"] = new JsonArray(
            [.. ports.Select(port => new JsonObject { ["name"] = port.Name, ["port"] = port.Number, ["protocol"] = "TCP" })]),
    };

    /// <summary>One endpoint of a pod. The UID follows from the name.</summary>
    public static JsonObject Endpoint(
        string @namespace, string pod, string address, bool ready = true, bool terminating = false, string? hostname = null,
        string? uid = null)
    {
        JsonObject endpoint = new()
        {
            ["addresses"] = new JsonArray(address),
            ["conditions"] = new JsonObject { ["ready"] = ready && !terminating, ["serving"] = ready, ["terminating"] = terminating },
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = @namespace, ["name"] = pod, ["uid"] = uid ?? Uid(pod) },
            ["nodeName"] = "node-0",
        };
        if (hostname is not null)
        {
            endpoint["hostname"] = hostname;
        }

        return endpoint;
    }

    /// <summary>The address of the i-th pod: 10.44.0.0/16.</summary>
    public static string Address(int index) => $"10.44.{index / 250}.{(index % 250) + 1}";

    private static string Uid(string pod) =>
        new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(pod))[..16]).ToString();
}
