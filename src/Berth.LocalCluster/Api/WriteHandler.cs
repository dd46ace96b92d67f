using Berth.LocalCluster.Access;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Manifests;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Patches;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Create, update, patch and delete, as requests ask for them. The answer is a body and its HTTP status.</summary>
internal sealed class WriteHandler(ObjectOperations operations)
{
    private static readonly string[] s_patches = ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];

    public (JsonObject Body, int Status) Handle(
        string method, RequestTarget target, Func<string, string?> query, string contentType, ReadOnlyMemory<byte> content, Action<string> warn)
    {
        bool dryRun = query("dryRun") == "All";
        var validation = new FieldValidation(target.Subresource == "scale" ? KindTable.Scale : target.Kind, query("fieldValidation"), warn);
        if (method == "PATCH" && !s_patches.Contains(contentType, StringComparer.Ordinal))
        {
            throw ApiException.UnsupportedMediaType(
                $" ({contentType})", $"{string.Join(", ", s_patches)}. The local cluster has no server-side apply: use kubectl apply without --server-side.");
        }

        return method switch
        {
            "POST" when target is { Name: null } => (operations.Create(target.Kind, target.Namespace, validation.OfObject(Object(content, contentType)), dryRun).Body, 201),
            "PUT" when target is { Name: { } name, Subresource: "scale" } => (ChangeScale(target, name, _ => validation.OfObject(Object(content, contentType)), dryRun), 200),
            "PUT" when target.Name is { } name && validation.OfObject(Object(content, contentType)) is var body => (Change(target, name, _ => body.Clone(), dryRun).Body, 200),
            "PATCH" when target is { Name: { } name, Subresource: "scale" } => (ChangeScale(target, name, scale => validation.OfPatched(Patched(KindTable.Scale, scale, contentType, content), contentType, content), dryRun), 200),
            "PATCH" when target.Name is { } name => (Change(target, name, body => validation.OfPatched(Patched(target.Kind, body, contentType, content), contentType, content), dryRun).Body, 200),
            "DELETE" when target is { Name: { } name, Subresource: null } => (Delete(target, name, DeleteOptions.From(content.IsEmpty ? null : Object(content, contentType), query)), 200),
            "DELETE" when target is { Name: null } => (DeleteCollection(target, query, DeleteOptions.From(content.IsEmpty ? null : Object(content, contentType), query)), 200),
            _ => throw ApiException.MethodNotAllowed(),
        };
    }

    private StoredObject Change(RequestTarget target, string name, Func<JsonObject, JsonObject> change, bool dryRun)
    {
        if (target.Subresource is not (null or "status" or "finalize"))
            throw ApiException.NoSuchResource();
        return operations.Update(target.Kind, target.Namespace, name, body => change(body) is var after && (after.Text("metadata", "name") ?? name) == name
            ? after
            : throw ApiException.BadRequest($"the name of the object ({after.Text("metadata", "name")}) does not match the name on the URL ({name})"), target.Subresource == "status", dryRun);
    }

    private JsonObject ChangeScale(RequestTarget target, string name, Func<JsonObject, JsonObject> change, bool dryRun)
    {
        if (!target.Kind.HasScale)
            throw ApiException.NoSuchResource();
        return ObjectOperations.Scale(operations.Update(target.Kind, target.Namespace, name, body =>
        {
            JsonObject scale = change(ObjectOperations.Scale(body));
            if (scale.Text("metadata", "resourceVersion") is { } expected && expected != body.Text("metadata", "resourceVersion"))
                throw ApiException.Modified(target.Kind, name);
            body.Child("spec")["replicas"] = scale.Number("spec", "replicas") ?? 0;
            return body;
        }, dryRun: dryRun).Body);
    }

    private static JsonObject Patched(ResourceKind kind, JsonObject body, string contentType, ReadOnlyMemory<byte> content)
    {
        if (contentType == "application/json-patch+json")
            JsonPatch.Apply(body, ManifestReader.ParseJson(content) as JsonArray ?? throw ApiException.BadRequest("a JSON patch is a list of operations"));
        else if (contentType == "application/merge-patch+json")
            MergePatch.Apply(body, Object(content, "application/json"));
        else
            StrategicMergePatch.Apply(kind.Kind, body, Object(content, "application/json"));
        return body;
    }

    private JsonObject Delete(RequestTarget target, string name, DeleteOptions options)
    {
        (StoredObject item, bool gone) = operations.Delete(target.Kind, target.Namespace, name, options);
        if (!gone || target.Kind == KindTable.Pod)
            return item.Body;
        JsonObject details = ApiException.Details(target.Kind, name);
        details["uid"] = item.Uid;
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }

    private JsonObject DeleteCollection(RequestTarget target, Func<string, string?> query, DeleteOptions options)
    {
        LabelSelector labels = LabelSelector.Parse(query("labelSelector"));
        FieldSelector fields = FieldSelector.Parse(query("fieldSelector"), target.Kind);
        JsonArray items = new([.. operations.Store.List(target.Kind, target.Namespace).Where(item => labels.Matches(item.Body) && fields.Matches(item.Body))
            .Select(item => operations.Delete(target.Kind, item.Namespace, item.Name, options).Object.Body.DeepClone())]);
        return new JsonObject { ["kind"] = target.Kind.Kind + "List", ["apiVersion"] = target.Kind.ApiVersion, ["metadata"] = new JsonObject(), ["items"] = items };
    }

    /// <summary>A body, of whatever encoding, as JSON.</summary>
    public static JsonObject Object(ReadOnlyMemory<byte> content, string contentType)
    {
        JsonNode? body = contentType switch
        {
            "application/json" => ManifestReader.ParseJson(content),
            "application/yaml" => ManifestReader.ParseYaml(System.Text.Encoding.UTF8.GetString(content.Span)) is [var first, ..] ? first : null,
            "application/vnd.kubernetes.protobuf" => ProtobufReader.Read(content.Span),
            _ => throw ApiException.UnsupportedMediaType("", "application/json, application/yaml, application/vnd.kubernetes.protobuf"),
        };
        return body as JsonObject ?? throw ApiException.BadRequest("the object provided is unrecognized (must be of type Object)");
    }
}
