namespace Berth.LocalCluster.Api;

/// <summary>What the API says about itself: groups, kinds, version, and as much OpenAPI as kubectl needs to leave validation to the server.</summary>
internal static class DiscoveryDocuments
{
    public const string KubernetesVersion = "v1.36.2";
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>A Swagger document without a type, in protobuf: kubectl asks for it about kinds that are not served, and then says itself that there is no such kind.</summary>
    public static ReadOnlySpan<byte> OpenApiV2 => "\n\u00032.0\u0012\u0011\n\nKubernetes\u0012\u00031.0B\0"u8;

    /// <summary>The document of a path, with its content type; null when there is none.</summary>
    public static (JsonObject Body, string ContentType)? Find(string path, string accept, string userAgent)
    {
        bool aggregated = accept.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal) && accept.Contains("v=v2;", StringComparison.Ordinal);
        if (path is "/api" or "/apis" && aggregated)
            return (AggregatedList(core: path == "/api"), Aggregated);
        JsonObject? body = path switch
        {
            "/api" => new JsonObject
            {
                ["kind"] = "APIVersions",
                ["versions"] = JsonWriting.TextArray("v1"),
                ["serverAddressByClientCIDRs"] = new JsonArray(),
            },
            "/apis" => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. KindTable.Groups.Select(Group)]) },
            "/api/v1" => Resources(""),
            "/version" => Version(userAgent),
            "/openapi/v3" => OpenApiIndex(),
            _ => null,
        };
        body ??= KindTable.Groups.Where(group => path == $"/apis/{group}").Select(group => Group(group, alone: true)).FirstOrDefault()
            ?? KindTable.Groups.Where(group => path == $"/apis/{group}/v1").Select(Resources).FirstOrDefault()
            ?? (path.StartsWith("/openapi/v3/", StringComparison.Ordinal) ? OpenApiDocument(path["/openapi/v3".Length..]) : null);
        return body is null ? null : (body, "application/json");
    }

    private static JsonObject Group(string name) => Group(name, alone: false);

    private static JsonObject Group(string name, bool alone)
    {
        JsonObject version = new() { ["groupVersion"] = $"{name}/v1", ["version"] = "v1" };
        var group = new JsonObject();
        if (alone)
        {
            group["kind"] = "APIGroup";
            group["apiVersion"] = "v1";
        }

        group["name"] = name;
        group["versions"] = new JsonArray(version);
        group["preferredVersion"] = version.DeepClone();
        return group;
    }

    private static JsonObject Resources(string group)
    {
        var resources = new JsonArray();
        foreach (ResourceKind kind in KindTable.All.Where(kind => kind.Group == group))
        {
            var entry = new JsonObject
            {
                ["name"] = kind.Plural,
                ["singularName"] = kind.Singular,
                ["namespaced"] = kind.Namespaced,
                ["kind"] = kind.Kind,
                ["verbs"] = JsonWriting.TextArray(VerbsOf(kind)),
            };
            if (kind.ShortNames.Count > 0)
                entry["shortNames"] = JsonWriting.TextArray(kind.ShortNames);
            if (kind.InAll)
                entry["categories"] = JsonWriting.TextArray("all");
            resources.Add((JsonNode)entry);
            foreach ((string name, string of, string[] verbs) in Subresources(kind))
            {
                var sub = new JsonObject { ["name"] = $"{kind.Plural}/{name}", ["singularName"] = "", ["namespaced"] = kind.Namespaced };
                if (of == "Scale")
                {
                    sub["group"] = "autoscaling";
                    sub["version"] = "v1";
                }

                sub["kind"] = of;
                sub["verbs"] = JsonWriting.TextArray(verbs);
                resources.Add((JsonNode)sub);
            }
        }

        var list = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0)
            list["apiVersion"] = "v1";
        list["groupVersion"] = group.Length == 0 ? "v1" : $"{group}/v1";
        list["resources"] = resources;
        return list;
    }

    /// <summary>A namespace is emptied by its controller, so it has no deletecollection; the rest have every verb.</summary>
    private static IEnumerable<string> VerbsOf(ResourceKind kind) => s_verbs.Where(verb => kind != KindTable.Namespace || verb != "deletecollection");

    private static IEnumerable<(string Name, string Kind, string[] Verbs)> Subresources(ResourceKind kind)
    {
        string[] change = ["get", "patch", "update"];
        if (kind == KindTable.Pod)
            yield return ("log", "Pod", ["get"]);
        if (kind.HasScale)
            yield return ("scale", "Scale", change);
        if (kind.HasStatus)
            yield return ("status", kind.Kind, change);
    }

    private static JsonObject AggregatedList(bool core)
    {
        var items = new JsonArray();
        foreach (string group in core ? [""] : KindTable.Groups)
        {
            JsonArray resources = new([.. KindTable.All.Where(kind => kind.Group == group).Select(AggregatedResource)]);
            items.Add((JsonNode)new JsonObject
            {
                ["metadata"] = group.Length == 0 ? new JsonObject { ["creationTimestamp"] = null } : new JsonObject { ["name"] = group, ["creationTimestamp"] = null },
                ["versions"] = new JsonArray(new JsonObject { ["version"] = "v1", ["resources"] = resources, ["freshness"] = "Current" }),
            });
        }

        return new JsonObject { ["kind"] = "APIGroupDiscoveryList", ["apiVersion"] = "apidiscovery.k8s.io/v2", ["metadata"] = new JsonObject(), ["items"] = items };
    }

    private static JsonObject AggregatedResource(ResourceKind kind)
    {
        var resource = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = KindOf(kind.Group, kind.Kind),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = JsonWriting.TextArray(VerbsOf(kind)),
            ["shortNames"] = JsonWriting.TextArray(kind.ShortNames),
        };
        if (kind.InAll)
            resource["categories"] = JsonWriting.TextArray("all");
        resource["subresources"] = new JsonArray([.. Subresources(kind).Select(sub => new JsonObject
        {
            ["subresource"] = sub.Name,
            ["responseKind"] = KindOf(sub.Kind == "Scale" ? "autoscaling" : kind.Group, sub.Kind),
            ["verbs"] = JsonWriting.TextArray(sub.Verbs),
        })]);
        return resource;
    }

    private static JsonObject KindOf(string group, string kind) => new() { ["group"] = group, ["version"] = "v1", ["kind"] = kind };

    /// <summary>
    /// kubectl warns when the server's version is far from its own. What is served here has been the same since 1.21, so each kubectl hears its own version.
    /// </summary>
    private static JsonObject Version(string userAgent)
    {
        string version = KubernetesVersion;
        if (userAgent.StartsWith("kubectl/v1.", StringComparison.Ordinal) && userAgent["kubectl/v1.".Length..].Split('.', '-', ' ') is [var minor, ..] && minor.All(char.IsAsciiDigit))
            version = $"v1.{minor}.0";
        return VersionOf(version);
    }

    private static JsonObject VersionOf(string version) => new()
    {
        ["major"] = "1",
        ["minor"] = version.Split('.')[1],
        ["emulationMajor"] = "1",
        ["emulationMinor"] = version.Split('.')[1],
        ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = "21",
        ["gitVersion"] = $"{version}+berth",
        ["gitCommit"] = "",
        ["gitTreeState"] = "",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "none",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject OpenApiIndex()
    {
        var paths = new JsonObject();
        foreach (string path in KindTable.All.Select(kind => kind.BasePath[1..]).Distinct(StringComparer.Ordinal))
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash=berth" };
        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>
    /// kubectl asks one thing of it: whether PATCH of a kind takes fieldValidation. Where it does, kubectl leaves checking to the server, and it
    /// computes patches from the types it was built with.
    /// </summary>
    private static JsonObject? OpenApiDocument(string basePath)
    {
        var paths = new JsonObject();
        foreach (ResourceKind kind in KindTable.All.Where(kind => kind.BasePath == basePath))
        {
            string path = kind.BasePath + (kind.Namespaced ? "/namespaces/{namespace}/" : "/") + kind.Plural + "/{name}";
            paths[path] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray([.. ((string[])["dryRun", "fieldManager", "fieldValidation"]).Select(name => new JsonObject
                    {
                        ["name"] = name,
                        ["in"] = "query",
                        ["schema"] = new JsonObject { ["type"] = "string" },
                    })]),
                    ["requestBody"] = new JsonObject { ["content"] = new JsonObject { ["application/merge-patch+json"] = new JsonObject() } },
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                    ["x-kubernetes-group-version-kind"] = KindOf(kind.Group, kind.Kind),
                },
            };
        }

        return paths.Count == 0 ? null : new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = KubernetesVersion },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = new JsonObject() },
        };
    }
}
