using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Api;

/// <summary>
/// OpenAPI of version 3. kubectl asks two things of it: whether PATCH of a kind takes fieldValidation, and for kubectl explain the names
/// and types of fields. The descriptions of fields are not in this program.
/// </summary>
internal static class OpenApiDocuments
{
    private const string Schemas = "#/components/schemas/";

    public static JsonObject Index(KindSet kinds) => new()
    {
        ["paths"] = JsonWriting.Fields(kinds.All.Select(kind => kind.BasePath[1..]).Distinct(StringComparer.Ordinal)
            .Select(path => (path, (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash=berth" }))),
    };

    /// <summary>
    /// The document of a group and version. Where PATCH takes fieldValidation, kubectl leaves checking to the server. Since no operation
    /// here takes a strategic merge patch, kubectl computes patches from the types that it was built with.
    /// </summary>
    public static JsonObject? Of(KindSet all, string basePath, Func<ResourceKind, JsonNode?> schemaOf)
    {
        JsonNode? Path(ResourceKind kind) => new JsonObject { ["patch"] = PatchOperation(kind) };
        string NameOf(ResourceKind kind) => kind.BasePath + (kind.Namespaced ? "/namespaces/{namespace}/" : "/") + kind.Plural + "/{name}";
        List<ResourceKind> kinds = [.. all.All.Where(kind => kind.BasePath == basePath)];
        JsonObject paths = JsonWriting.Fields(kinds.Select(kind => (NameOf(kind), Path(kind))));
        JsonObject schemas = [];
        foreach (ResourceKind kind in kinds)
            AddKind(schemas, kind, schemaOf);
        return paths.Count == 0 ? null : new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = KubernetesRelease.Version },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static void AddKind(JsonObject schemas, ResourceKind kind, Func<ResourceKind, JsonNode?> schemaOf)
    {
        JsonObject schema = kind.IsCustom
            ? schemaOf(kind)?.DeepClone() as JsonObject ?? new JsonObject { ["type"] = "object" }
            : AddType(schemas, kind.Type);
        if (kind.IsCustom)
        {
            schemas[kind.Kind] = schema;
            schema.Child("properties")["metadata"] = Reference("ObjectMeta");
            AddType(schemas, "ObjectMeta");
        }

        JsonObject properties = schema.Child("properties");
        properties["apiVersion"] = Plain("string");
        properties["kind"] = Plain("string");
        schema["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(kind));
    }

    /// <summary>Adds a type, and the types of its fields.</summary>
    private static JsonObject AddType(JsonObject schemas, string type)
    {
        if (schemas[type] is JsonObject known)
            return known;
        JsonObject properties = [];
        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties };
        schemas[type] = schema;
        foreach (FieldTable.Field field in FieldTable.Of(type)!.Values.Where(static field => !field.Inline)
            .OrderBy(static field => field.Name, StringComparer.Ordinal))
        {
            if (FieldTable.Of(field.Type) is not null)
                AddType(schemas, field.Type);
            JsonObject single = Single(field.Type);
            properties[field.Name] = field switch
            {
                { List: true } => new JsonObject { ["type"] = "array", ["items"] = single },
                { Map: true } => new JsonObject { ["type"] = "object", ["additionalProperties"] = single },
                _ => single,
            };
        }

        return schema;
    }

    private static JsonObject Single(string type) => type switch
    {
        _ when FieldTable.Of(type) is not null => Reference(type),
        "int32" or "int64" => Plain("integer", type),
        "bool" => Plain("boolean"),
        "bytes" => Plain("string", "byte"),
        "Time" or "MicroTime" => Plain("string", "date-time"),
        "any" or "RawExtension" => Plain("object"),
        "IntOrString" => new JsonObject { ["format"] = "int-or-string", ["x-kubernetes-int-or-string"] = true },
        _ => Plain("string"),
    };

    private static JsonObject Reference(string type) => new() { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = Schemas + type }) };

    private static JsonObject Plain(string type, string? format = null) => JsonWriting.Fields(("type", type), ("format", format));

    private static JsonObject GroupVersionKind(ResourceKind kind) =>
        new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static JsonNode? PatchOperation(ResourceKind kind) => JsonNode.Parse($$"""
        {
          "parameters": [
            { "name": "dryRun", "in": "query", "schema": { "type": "string" } },
            { "name": "fieldManager", "in": "query", "schema": { "type": "string" } },
            { "name": "fieldValidation", "in": "query", "schema": { "type": "string" } }
          ],
          "requestBody": { "content": { "application/merge-patch+json": {} } },
          "responses": { "200": { "description": "OK" } },
          "x-kubernetes-group-version-kind": { "group": "{{kind.Group}}", "version": "{{kind.Version}}", "kind": "{{kind.Kind}}" }
        }
        """);
}
