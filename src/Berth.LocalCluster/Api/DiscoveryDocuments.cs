using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Api;

/// <summary>The documents of the API about itself: groups, kinds, version and OpenAPI.</summary>
internal static class DiscoveryDocuments
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] s_change = ["get", "patch", "update"];

    /// <summary>
    /// A Swagger document without a type, in protobuf: kubectl asks for it about kinds that are not served, and then says
    /// itself that there is no such kind.
    /// </summary>
    public static ReadOnlySpan<byte> OpenApiV2 => "\n\u00032.0\u0012\u0011\n\nKubernetes\u0012\u00031.0B\0"u8;

    /// <summary>Returns the document of a path, with its content type; null when there is none.</summary>
    public static (JsonObject Body, string ContentType)? Find(
        KindSet kinds, Func<ResourceKind, JsonNode?> schemaOf, string path, string accept, string userAgent)
    {
        bool aggregated = accept.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
            && accept.Contains("v=v2;", StringComparison.Ordinal);
        if (path is "/api" or "/apis" && aggregated)
            return (AggregatedList(kinds, path == "/api" ? [""] : kinds.Groups), Aggregated);
        JsonObject? body = path.Split('/') switch
        {
            ["", "api"] => Versions(),
            ["", "apis"] => AllGroups(kinds),
            ["", "api", "v1"] => Resources(kinds, "", "v1"),
            ["", "apis", var group] when kinds.Versions(group).Count > 0 => Group(kinds, group, alone: true),
            ["", "apis", var group, var version] when kinds.Versions(group).Contains(version, StringComparer.Ordinal) =>
                Resources(kinds, group, version),
            ["", "version"] => Version(userAgent),
            ["", "openapi", "v3"] => OpenApiDocuments.Index(kinds),
            ["", "openapi", "v3", ..] => OpenApiDocuments.Of(kinds, path["/openapi/v3".Length..], schemaOf),
            _ => null,
        };
        return body is null ? null : (body, "application/json");
    }

    /// <summary>True if a kind has a subresource of this name.</summary>
    public static bool Serves(ResourceKind kind, string subresource) => Subresources(kind).Any(sub => sub.Name == subresource);

    private static JsonObject Versions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = JsonWriting.TextArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private static JsonObject AllGroups(KindSet kinds) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. kinds.Groups.Select(group => Group(kinds, group, alone: false))]),
    };

    private static JsonObject Group(KindSet kinds, string name, bool alone)
    {
        JsonObject[] versions = [.. kinds.Versions(name)
            .Select(version => new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version })];
        return JsonWriting.Fields(
            ("kind", alone ? "APIGroup" : null),
            ("apiVersion", alone ? "v1" : null),
            ("name", name),
            ("versions", new JsonArray([.. versions])),
            ("preferredVersion", versions[0].DeepClone()));
    }

    private static JsonObject Resources(KindSet kinds, string group, string version) => JsonWriting.Fields(
        ("kind", "APIResourceList"),
        ("apiVersion", group.Length > 0 ? "v1" : null),
        ("groupVersion", group.Length == 0 ? version : $"{group}/{version}"),
        ("resources", new JsonArray([.. kinds.Of(group, version).SelectMany(WithSubresources)])));

    private static IEnumerable<JsonObject> WithSubresources(ResourceKind kind) =>
        Subresources(kind).Select(sub => Subresource(kind, sub)).Prepend(Resource(kind));

    private static JsonObject Resource(ResourceKind kind) => JsonWriting.Fields(
        ("name", kind.Plural),
        ("singularName", kind.Singular),
        ("namespaced", kind.Namespaced),
        ("kind", kind.Kind),
        ("verbs", JsonWriting.TextArray(VerbsOf(kind))),
        ("shortNames", kind.ShortNames.Count > 0 ? JsonWriting.TextArray(kind.ShortNames) : null),
        ("categories", kind.InAll ? JsonWriting.TextArray("all") : null));

    private static JsonObject Subresource(ResourceKind kind, (string Name, string Kind, string[] Verbs) sub) => JsonWriting.Fields(
        ("name", $"{kind.Plural}/{sub.Name}"),
        ("singularName", ""),
        ("namespaced", kind.Namespaced),
        ("group", OwnGroup(sub.Kind)),
        ("version", OwnGroup(sub.Kind) is null ? null : "v1"),
        ("kind", sub.Kind),
        ("verbs", JsonWriting.TextArray(sub.Verbs)));

    /// <summary>A namespace is emptied by its controller, so it has no deletecollection. All other kinds have every verb.</summary>
    private static IEnumerable<string> VerbsOf(ResourceKind kind) =>
        s_verbs.Where(verb => kind != KindTable.Namespace || verb != "deletecollection");

    private static IEnumerable<(string Name, string Kind, string[] Verbs)> Subresources(ResourceKind kind)
    {
        if (kind == KindTable.Pod)
        {
            yield return ("attach", "PodAttachOptions", ["create", "get"]);
            yield return ("eviction", "Eviction", ["create"]);
            yield return ("exec", "PodExecOptions", ["create", "get"]);
            yield return ("log", "Pod", ["get"]);
            yield return ("portforward", "PodPortForwardOptions", ["create", "get"]);
        }

        if (kind.HasScale)
            yield return ("scale", "Scale", s_change);
        if (kind.HasStatus)
            yield return ("status", kind.Kind, s_change);
    }

    /// <summary>The group of a subresource whose content is of another group than its kind.</summary>
    private static string? OwnGroup(string content) => content switch { "Scale" => "autoscaling", "Eviction" => "policy", _ => null };

    private static JsonObject AggregatedList(KindSet kinds, IEnumerable<string> groups) => JsonWriting.Fields(
        ("kind", "APIGroupDiscoveryList"),
        ("apiVersion", "apidiscovery.k8s.io/v2"),
        ("metadata", new JsonObject()),
        ("items", new JsonArray([.. groups.Select(group => AggregatedGroup(kinds, group))])));

    private static JsonObject AggregatedGroup(KindSet kinds, string group)
    {
        JsonObject metadata = new() { ["creationTimestamp"] = null };
        if (group.Length > 0)
            metadata.Insert(0, "name", group);
        IEnumerable<JsonNode> versions = kinds.Versions(group).Select(version => JsonWriting.Fields(
            ("version", version),
            ("resources", new JsonArray([.. kinds.Of(group, version).Select(AggregatedResource)])),
            ("freshness", "Current")));
        return JsonWriting.Fields(("metadata", metadata), ("versions", new JsonArray([.. versions])));
    }

    private static JsonObject AggregatedResource(ResourceKind kind) => JsonWriting.Fields(
        ("resource", kind.Plural),
        ("responseKind", KindOf(kind.Group, kind.Version, kind.Kind)),
        ("scope", kind.Namespaced ? "Namespaced" : "Cluster"),
        ("singularResource", kind.Singular),
        ("verbs", JsonWriting.TextArray(VerbsOf(kind))),
        ("shortNames", JsonWriting.TextArray(kind.ShortNames)),
        ("categories", kind.InAll ? JsonWriting.TextArray("all") : null),
        ("subresources", new JsonArray([.. Subresources(kind).Select(sub => AggregatedSubresource(kind, sub))])));

    private static JsonObject AggregatedSubresource(ResourceKind kind, (string Name, string Kind, string[] Verbs) sub)
    {
        return JsonWriting.Fields(
            ("subresource", sub.Name),
            ("responseKind", OwnGroup(sub.Kind) is { } group ? KindOf(group, "v1", sub.Kind) : KindOf(kind.Group, kind.Version, sub.Kind)),
            ("verbs", JsonWriting.TextArray(sub.Verbs)));
    }

    private static JsonObject KindOf(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    /// <summary>
    /// kubectl warns when the server's version is far from its own. The served content has been the same since 1.21, so each kubectl gets
    /// its own version.
    /// </summary>
    private static JsonObject Version(string userAgent)
    {
        bool kubectl = userAgent.StartsWith("kubectl/v1.", StringComparison.Ordinal);
        string minor = kubectl ? userAgent["kubectl/v1.".Length..].Split('.', '-', ' ')[0] : "";
        string version = minor.Length > 0 && minor.All(char.IsAsciiDigit) ? $"v1.{minor}.0" : KubernetesRelease.Version;
        minor = version.Split('.')[1];
        return (JsonObject)JsonNode.Parse($$"""
            {
              "major": "1", "minor": "{{minor}}", "emulationMajor": "1", "emulationMinor": "{{minor}}",
              "minCompatibilityMajor": "1", "minCompatibilityMinor": "21", "gitVersion": "{{version}}+berth",
              "gitCommit": "", "gitTreeState": "", "buildDate": "1970-01-01T00:00:00Z",
              "goVersion": "none", "compiler": "none", "platform": "linux/amd64"
            }
            """)!;
    }
}
