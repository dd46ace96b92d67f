using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.TestKit;

/// <summary>Objects as an API server writes them, as short as a test wants them.</summary>
public static class Json
{
    public static string Slice(string name, string version, params string[] endpoints) => SliceOf("IPv4", name, version, endpoints);

    public static string SliceOf(string type, string name, string version, params string[] endpoints) =>
        $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"k8s-example2","resourceVersion":"{{{version}}}","labels":{"kubernetes.io/service-name":"service-b"}},"addressType":"{{{type}}}","endpoints":[{{{string.Join(',', endpoints)}}}],"ports":[{"name":"","protocol":"TCP","port":3456}]}
        """;

    public static string Pod(
        string name, string address = "10.0.0.1", string? uid = "u", string? node = "node-0", bool ready = true, bool? serving = null,
        bool terminating = false, string? hostname = null)
    {
        JsonObject target = new() { ["kind"] = "Pod", ["namespace"] = "k8s-example2", ["name"] = name };
        if (uid is not null)
            target["uid"] = uid;
        JsonObject pod = new()
        {
            ["addresses"] = new JsonArray(address),
            ["conditions"] = new JsonObject { ["ready"] = ready, ["serving"] = serving ?? ready, ["terminating"] = terminating },
            ["targetRef"] = target,
            ["zone"] = "z0",
        };
        if (node is not null)
            pod["nodeName"] = node;
        if (hostname is not null)
            pod["hostname"] = hostname;
        return pod.ToJsonString();
    }

    public static string List(string version, params string[] slices) => ListWith(version, null, slices);

    public static string ListWith(string version, string? @continue, params string[] slices) =>
        $$"""
        {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"{{version}}"{{(@continue is null ? "" : $",\"continue\":\"{@continue}\"")}}},"items":[{{string.Join(',', slices)}}]}
        """;

    public static string Bookmark(string version, bool initialEventsEnd = false) =>
        $$"""
        {"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"{{version}}"{{(initialEventsEnd ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "")}}},"addressType":"","endpoints":null,"ports":null}
        """;

    public static string Status(int code, string reason, string message, int? retryAfter = null, string? cause = null) =>
        JsonSerializer.Serialize(new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["details"] = new JsonObject
            {
                ["retryAfterSeconds"] = retryAfter,
                ["causes"] = cause is null ? null : new JsonArray(new JsonObject { ["reason"] = cause }),
            },
            ["code"] = code,
        });

    public static string Expired { get; } = Status(410, "Expired", "too old resource version: 5 (896)");

    public static string Node(string name, string version, params (string Type, string Address)[] addresses) =>
        $$$"""
        {"metadata":{"name":"{{{name}}}","resourceVersion":"{{{version}}}"},"status":{"addresses":[{{{string.Join(',', addresses.Select(a => $$"""{"type":"{{a.Type}}","address":"{{a.Address}}"}"""))}}}]}}
        """;

    public static string NodeList(string version, params string[] nodes) => NodeListWith(version, null, nodes);

    public static string NodeListWith(string version, string? @continue, params string[] nodes) =>
        $$"""
        {"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"{{(@continue is null ? "" : $",\"continue\":\"{@continue}\"")}}},"items":[{{string.Join(',', nodes)}}]}
        """;
}
