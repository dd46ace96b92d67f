using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Berth.Conformance.Backends;

/// <summary>Service A's rights, read from the deployed manifest, so that the test covers what users get.</summary>
internal static class DeployedRole
{
    private static readonly Dictionary<string, string> Collections = new(StringComparer.Ordinal)
    {
        ["ServiceAccount"] = "/api/v1/namespaces/{0}/serviceaccounts",
        ["Role"] = "/apis/rbac.authorization.k8s.io/v1/namespaces/{0}/roles",
        ["RoleBinding"] = "/apis/rbac.authorization.k8s.io/v1/namespaces/{0}/rolebindings",
    };

    /// <summary>The ServiceAccount, Role and RoleBinding, moved to a namespace.</summary>
    public static IReadOnlyList<JsonObject> Read(string @namespace)
    {
        YamlStream stream = new();
        using StreamReader reader = new(Path.Combine(AppContext.BaseDirectory, "deploy", "service-a.yaml"));
        stream.Load(reader);
        JsonObject[] items =
            [.. stream.Documents.Select(document => (JsonObject)Convert(document.RootNode)!)
                .Where(item => Collections.ContainsKey(KindOf(item)))];
        foreach (JsonObject item in items)
        {
            item["metadata"]!["namespace"] = @namespace;
            foreach (JsonNode? subject in item["subjects"] as JsonArray ?? [])
            {
                subject!["namespace"] = @namespace;
            }
        }

        Assert.Equal(["ServiceAccount", "Role", "RoleBinding"], items.Select(KindOf));
        return items;
    }

    public static string CollectionOf(JsonObject item) =>
        string.Format(
            System.Globalization.CultureInfo.InvariantCulture, Collections[KindOf(item)],
            item["metadata"]!["namespace"]!.GetValue<string>());

    private static string KindOf(JsonObject item) => item["kind"]!.GetValue<string>();

    /// <summary>These three kinds contain only texts.</summary>
    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };
}
