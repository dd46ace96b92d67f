using Berth.LocalCluster.Access;
using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Manifests;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Patches;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Handles the requests create, update, patch and delete. The answer is a body and its HTTP status.</summary>
internal sealed class WriteHandler(ObjectOperations operations, PodEviction evictions)
{
    private const string ApplyType = "application/apply-patch+yaml";

    private static readonly string[] s_patches =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];

    public (JsonObject Body, int Status) Handle(
        string method,
        RequestTarget target,
        Func<string, string?> query,
        string contentType,
        ReadOnlyMemory<byte> content,
        string client,
        Action<string> warn)
    {
        bool dryRun = query("dryRun") == "All";
        WriteOptions.Check(method, method == "PATCH" && contentType == ApplyType, query);
        bool isEviction = target is { Name: not null, Subresource: "eviction" } && target.Kind == KindTable.Pod;
        if (isEviction && method != "POST")
            throw ApiException.MethodNotAllowed();
        ResourceKind sent = isEviction ? KindTable.Eviction : target.Subresource == "scale" ? KindTable.Scale : target.Kind;
        FieldValidation validation = new(sent, query("fieldValidation"), warn);
        string manager = query("fieldManager") is { Length: > 0 } named ? named : client.Split('/')[0];
        if (method == "PATCH" && contentType == ApplyType)
            return Apply(target, query, validation, content, dryRun);
        if (method == "PATCH" && !s_patches.Contains(contentType, StringComparer.Ordinal))
        {
            throw ApiException.UnsupportedPatch();
        }

        JsonObject Given() => validation.OfObject(Object(content, contentType, out IReadOnlyList<string> twice), twice);
        JsonObject PatchedOf(ResourceKind kind, JsonObject body) =>
            validation.OfPatched(Patched(kind, body, contentType, content), contentType, content);
        switch (method)
        {
            case "POST" when target is { Name: null }:
                return (operations.Create(target.Kind, target.Namespace, Given(), dryRun, manager: manager).Body, 201);
            case "POST" when isEviction:
                return (evictions.Evict(target.Namespace, target.Name!, Given(), dryRun), 201);
            case "PUT" when target is { Name: { } name, Subresource: "scale" }:
                return (ChangeScale(target, name, _ => Given(), dryRun, manager), 200);
            case "PUT" when target.Name is { } name:
                JsonObject body = Given();
                return (Change(target, name, _ => body.Clone(), dryRun, manager).Body, 200);
            case "PATCH" when target is { Name: { } name, Subresource: "scale" }:
                return (ChangeScale(target, name, scale => PatchedOf(KindTable.Scale, scale), dryRun, manager), 200);
            case "PATCH" when target.Name is { } name:
                return (Change(target, name, before => PatchedOf(target.Kind, before), dryRun, manager).Body, 200);
            case "DELETE" when target is { Subresource: null } && (target.Name is not null || target.Kind != KindTable.Namespace):
                DeleteOptions options = DeleteOptions.From(OptionsOf(content, contentType), query);
                return (target.Name is { } gone ? Delete(target, gone, options) : DeleteCollection(target, query, options), 200);
            case "POST" when target.Subresource is { } sub && !DiscoveryDocuments.Serves(target.Kind, sub):
                throw ApiException.NoSuchResource();
            default:
                throw ApiException.MethodNotAllowed();
        }
    }

    /// <summary>https://kubernetes.io/docs/reference/using-api/server-side-apply/</summary>
    private (JsonObject Body, int Status) Apply(
        RequestTarget target, Func<string, string?> query, FieldValidation validation, ReadOnlyMemory<byte> content, bool dryRun)
    {
        if (target.Name is not { } name || target.Subresource is not (null or "status"))
            throw ApiException.MethodNotAllowed();
        string manager = query("fieldManager")!;
        JsonObject applied = validation.OfApplied(Object(content, "application/yaml"), target.Namespace, name);
        if (applied.At("metadata", "managedFields") is not null)
            throw ApiException.BadRequest("metadata.managedFields must be nil");
        if ((applied.Text("metadata", "name") ?? name) != name)
        {
            string other = applied.Text("metadata", "name")!;
            throw ApiException.BadRequest($"the name of the object ({other}) does not match the name on the URL ({name})");
        }

        applied.Child("metadata")["name"] = name;
        (StoredObject item, bool isNew) = operations.Apply(
            target.Kind, target.Namespace, name, applied, manager, query("force") == "true", target.Subresource == "status", dryRun);
        return (item.Body, isNew ? 201 : 200);
    }

    private StoredObject Change(
        RequestTarget target, string name, Func<JsonObject, JsonObject> change, bool dryRun, string manager)
    {
        if (target.Subresource is not (null or "status" or "finalize"))
            throw ApiException.NoSuchResource();
        JsonObject Apply(JsonObject body)
        {
            JsonObject after = change(body);
            string? changed = after.Text("metadata", "name");
            return changed is null || changed == name
                ? after
                : throw ApiException.BadRequest($"the name of the object ({changed}) does not match the name on the URL ({name})");
        }

        return operations.Update(
            target.Kind, target.Namespace, name, Apply, target.Subresource == "status", dryRun, manager: manager);
    }

    private JsonObject ChangeScale(
        RequestTarget target, string name, Func<JsonObject, JsonObject> change, bool dryRun, string manager)
    {
        if (!target.Kind.HasScale)
            throw ApiException.NoSuchResource();
        return ScaleObject.Of(operations.Update(target.Kind, target.Namespace, name, body =>
        {
            JsonObject scale = change(ScaleObject.Of(body));
            if (scale.Text("metadata", "resourceVersion") is { } expected && expected != body.Text("metadata", "resourceVersion"))
                throw ApiException.Modified(target.Kind, name);
            body.Child("spec")["replicas"] = scale.Number("spec", "replicas") ?? 0;
            return body;
        }, dryRun: dryRun, manager: manager, through: "scale").Body);
    }

    private static JsonObject Patched(ResourceKind kind, JsonObject body, string contentType, ReadOnlyMemory<byte> content)
    {
        if (contentType == "application/json-patch+json")
        {
            JsonNode? patch = ManifestReader.ParseJson(content, out _);
            JsonPatch.Apply(body, patch as JsonArray ?? throw ApiException.BadRequest("a JSON patch is a list of operations"));
        }
        else if (contentType == "application/merge-patch+json")
        {
            MergePatch.Apply(body, Object(content, "application/json"));
        }
        else if (kind.IsCustom)
        {
            throw ApiException.UnsupportedMediaType(
                " (application/strategic-merge-patch+json)", "application/json-patch+json, application/merge-patch+json");
        }
        else
        {
            StrategicMergePatch.Apply(kind.Kind, body, Object(content, "application/json"));
        }

        return body;
    }

    private JsonObject Delete(RequestTarget target, string name, DeleteOptions options)
    {
        (StoredObject item, bool gone) = operations.Delete(target.Kind, target.Namespace, name, options);
        if (!gone || target.Kind == KindTable.Pod)
            return item.Body;
        JsonObject details = ApiException.Details(target.Kind, name);
        details["uid"] = item.Uid;
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    private JsonObject DeleteCollection(RequestTarget target, Func<string, string?> query, DeleteOptions options)
    {
        LabelSelector labels = LabelSelector.Parse(query("labelSelector"));
        FieldSelector fields = FieldSelector.Parse(query("fieldSelector"), target.Kind);
        List<StoredObject> chosen = [.. operations.Store.List(target.Kind, target.Namespace)
            .Where(item => labels.Matches(item.Body) && fields.Matches(item.Body))];
        JsonObject Gone(StoredObject item) => operations.Delete(target.Kind, item.Namespace, item.Name, options).Object.Body.Clone();
        return new JsonObject
        {
            ["kind"] = target.Kind.Kind + "List",
            ["apiVersion"] = target.Kind.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = operations.Store.Version.ToString(CultureInfo.InvariantCulture) },
            ["items"] = new JsonArray([.. chosen.Select(Gone)]),
        };
    }

    private static JsonObject? OptionsOf(ReadOnlyMemory<byte> content, string contentType)
    {
        if (content.IsEmpty)
            return null;
        JsonObject options = Object(content, contentType);
        try
        {
            FieldCheck.Prune(KindTable.Deletion, options);
            return options;
        }
        catch (FormatException exception)
        {
            throw ApiException.BadRequest(exception.Message);
        }
    }

    /// <summary>Reads a body in any encoding as JSON.</summary>
    public static JsonObject Object(ReadOnlyMemory<byte> content, string contentType) => Object(content, contentType, out _);

    private static JsonObject Object(ReadOnlyMemory<byte> content, string contentType, out IReadOnlyList<string> twice)
    {
        twice = [];
        JsonNode? body = contentType switch
        {
            "application/json" => ManifestReader.ParseJson(content, out twice),
            "application/yaml" => ManifestReader.ParseYaml(Encoding.UTF8.GetString(content.Span)) is [var first, ..] ? first : null,
            "application/vnd.kubernetes.protobuf" => ProtobufReader.Read(content.Span),
            _ => throw ApiException.UnsupportedMediaType("", "application/json, application/yaml, application/vnd.kubernetes.protobuf"),
        };
        return body as JsonObject ?? throw ApiException.BadRequest("the object provided is unrecognized (must be of type Object)");
    }
}
