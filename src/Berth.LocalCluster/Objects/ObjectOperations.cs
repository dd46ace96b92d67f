using Berth.LocalCluster.Apply;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Objects;

/// <summary>
/// The writes of the API, with defaults, checks and the rules of deletion. Requests, controllers and manifests all use them.
/// </summary>
internal sealed class ObjectOperations(ObjectStore store, ServiceAddresses addresses, TimeProvider time)
{
    private static readonly string[] s_identity =
    [
        "name", "uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion",
    ];

    private readonly PodAdmission _admission = new(store);
    private readonly ObjectRules _rules = new(store);

    public ObjectStore Store => store;

    public StoredObject Create(
        ResourceKind kind,
        string? @namespace,
        JsonObject body,
        bool dryRun = false,
        JsonNode? owners = null,
        string? manager = null)
    {
        Conform(kind, @namespace, body);
        JsonObject metadata = body.Child("metadata");
        if (metadata.Text("resourceVersion") is { Length: > 0 })
            throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        metadata.Remove("deletionTimestamp");
        metadata.Remove("managedFields");
        if (owners is not null)
            metadata["managedFields"] = owners.DeepClone();
        if (kind.HasStatus)
            body.Remove("status");
        RequireNamespace(kind, @namespace, metadata.Text("name"));
        string[] stated = [.. (body["spec"] as JsonObject ?? []).Select(static pair => pair.Key)];
        _rules.Fill(kind, body);
        if (manager is not null)
            metadata["managedFields"] = FieldOwners.OfNew(kind, body, stated, manager, time.Timestamp());
        if (kind == KindTable.Secret)
            SecretData.Merge(body);
        else if (kind == KindTable.Service)
            addresses.Assign(body);
        else if (kind == KindTable.Pod)
        {
            _admission.Admit(body);
            body["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = PodQuality.Of(body) };
        }
        else if (kind == StoredKinds.PersistentVolumeClaim)
            body["status"] = ClaimStatus.Of(body);
        else if (FirstStatus.Of(kind) is { } first)
            body["status"] = first;
        else if (kind == KindTable.CustomResourceDefinition)
            CustomDefinitions.Establish(body, time);
        else if (kind == KindTable.StatefulSet)
            body["status"] = new JsonObject { ["replicas"] = 0, ["availableReplicas"] = 0 };
        else if (kind.HasScale)
            body["status"] = kind == KindTable.Deployment ? new JsonObject() : new JsonObject { ["replicas"] = 0 };
        if (metadata.Text("name") is null && metadata.Text("generateName") is null)
        {
            throw ApiException.Invalid(
                kind, "", ("metadata.name", "Required value: name or generateName is required", "FieldValueRequired"));
        }

        if (metadata.Text("name") is not null)
            _rules.Check(kind, body);
        StoredObject made = store.Create(kind, body, kept: !dryRun);
        if (kind == KindTable.CustomResourceDefinition)
            CustomDefinitions.Serve(store);
        return made;
    }

    /// <summary>Replaces or patches an object. The change gets a copy of the stored object and returns the new one.</summary>
    public StoredObject Update(
        ResourceKind kind,
        string? @namespace,
        string name,
        Func<JsonObject, JsonObject> change,
        bool status = false,
        bool dryRun = false,
        bool isApply = false,
        string manager = "unknown",
        string? through = null)
    {
        JsonObject Apply(JsonObject before)
        {
            JsonObject after = change(before.Clone());
            string? expected = after.Text("metadata", "resourceVersion");
            if (!string.IsNullOrEmpty(expected) && expected != before.Text("metadata", "resourceVersion"))
                throw ApiException.Modified(kind, name);
            Precondition.RequireUid(kind, @namespace, name, after.Text("metadata", "uid"), before.Text("metadata", "uid"));
            Conform(kind, @namespace, after);
            JsonNode? given = after.At("metadata", "managedFields")?.DeepClone();
            JsonObject kept = Kept(kind, before, after, status);
            JsonNode? owners = isApply
                ? given
                : FieldOwners.After(kind, before, kept, given, new FieldManager(manager, "Update", status ? "status" : through), time);
            if (owners is JsonArray { Count: > 0 })
                kept.Child("metadata")["managedFields"] = owners;
            return kept;
        }

        StoredObject changed = store.Update(kind, @namespace, name, Apply, kept: !dryRun);
        if (kind == KindTable.CustomResourceDefinition)
            CustomDefinitions.Serve(store);
        return changed;
    }

    /// <summary>Applies an object on the server's side. Returns the object, and true if it is new.</summary>
    /// <exception cref="ApiException">409: a field is another owner's, and is not taken by force.</exception>
    public (StoredObject Object, bool IsNew) Apply(
        ResourceKind kind, string? @namespace, string name, JsonObject applied, string manager, bool force, bool status, bool dryRun)
    {
        if (!status && store.Find(kind, @namespace, name) is null)
        {
            JsonObject made = ServerSideApply.New(kind, applied, manager, time.Timestamp());
            return (Create(kind, @namespace, made, dryRun, made.At("metadata", "managedFields")), true);
        }

        JsonObject Merged(JsonObject live)
        {
            Precondition.RequireUid(kind, @namespace, name, applied.Text("metadata", "uid"), live.Text("metadata", "uid"));
            return ServerSideApply.Change(
                kind,
                live,
                applied,
                new FieldManager(manager, "Apply", status ? "status" : null),
                force,
                time.Timestamp());
        }

        return (Update(kind, @namespace, name, Merged, status, dryRun, isApply: true), false);
    }

    /// <summary>Deletes an object. Returns it, and true if it was removed at once.</summary>
    public (StoredObject Object, bool Gone) Delete(ResourceKind kind, string? @namespace, string name, DeleteOptions options)
    {
        StoredObject current = store.Get(kind, @namespace, name);
        options.Require(kind, current.Body);
        if (kind == KindTable.Namespace && name is "default" or "kube-system" or "kube-public")
        {
            string message = $"{kind.Plural} \"{name}\" is forbidden: this namespace may not be deleted";
            throw new ApiException(403, "Forbidden", message, ApiException.Details(kind, name));
        }

        if (options.DryRun)
            return (current, true);
        if (kind == KindTable.Pod)
            return DeletePod(current, options.GracePeriodSeconds);
        if (kind == KindTable.CustomResourceDefinition)
            return CustomDefinitions.Remove(store, current, Gone);
        string? finalizer = options.PropagationPolicy switch { "Foreground" => "foregroundDeletion", "Orphan" => "orphan", _ => null };
        bool lingers = kind == KindTable.Namespace || finalizer is not null || HasFinalizers(current);
        return lingers ? (store.Update(current, body => Linger(kind, body, finalizer)), false) : Gone(current);
    }

    /// <summary>A running pod ends within its grace period. Another pod is removed at once, unless it has a finalizer.</summary>
    private (StoredObject Object, bool Gone) DeletePod(StoredObject pod, long? gracePeriod)
    {
        long asked = gracePeriod ?? pod.Body.Number("spec", "terminationGracePeriodSeconds") ?? 30;
        long grace = asked < 0 ? 1 : asked;
        bool bound = pod.NodeName is { } node && store.Find(KindTable.Node, null, node) is not null;
        bool running = bound && pod.Body.Text("status", "phase") is "Pending" or "Running";
        return (grace == 0 || !running) && !HasFinalizers(pod)
            ? Gone(pod)
            : (store.Update(pod, body => Terminate(body, running ? grace : 0)), false);
    }

    private static bool HasFinalizers(StoredObject item) => item.Body.Texts("metadata", "finalizers").Any();

    private (StoredObject Object, bool Gone) Gone(StoredObject item) =>
        (store.Remove(item) ?? throw ApiException.NotFound(item.Kind, item.Name), true);

    private void Terminate(JsonObject body, long grace)
    {
        JsonObject metadata = body.Child("metadata");
        if (metadata["deletionTimestamp"] is null || grace < metadata.Number("deletionGracePeriodSeconds"))
        {
            metadata["deletionTimestamp"] = JsonWriting.Timestamp(time.GetUtcNow().After(LongWait.Seconds(grace)));
            metadata["deletionGracePeriodSeconds"] = grace;
            metadata["generation"] = (metadata.Number("generation") ?? 0) + 1;
        }
    }

    private void Linger(ResourceKind kind, JsonObject body, string? finalizer)
    {
        JsonObject metadata = body.Child("metadata");
        metadata.Default("deletionTimestamp", time.Timestamp());
        metadata.Default("deletionGracePeriodSeconds", 0);
        if (kind == KindTable.Namespace)
            body.Child("status")["phase"] = "Terminating";
        if (finalizer is not null && !body.Texts("metadata", "finalizers").Contains(finalizer, StringComparer.Ordinal))
            metadata["finalizers"] = JsonWriting.TextArray([.. body.Texts("metadata", "finalizers"), finalizer]);
    }

    /// <summary>Refuses a body of another kind or path, and puts kind and apiVersion first, as the API sends them.</summary>
    private static void Conform(ResourceKind kind, string? @namespace, JsonObject body)
    {
        // All versions of a custom kind have the same content: there is no conversion.
        if (kind.IsCustom && (body.Text("apiVersion") ?? "").StartsWith(kind.Group + "/", StringComparison.Ordinal))
            body["apiVersion"] = kind.ApiVersion;
        if ((body.Text("kind") ?? kind.Kind) != kind.Kind || (body.Text("apiVersion") ?? kind.ApiVersion) != kind.ApiVersion)
        {
            throw ApiException.BadRequest(
                $"{body.Text("kind")} in version \"{body.Text("apiVersion")}\" cannot be handled as a {kind.Kind}: "
                + "the kind of the object does not match the resource of the request");
        }

        JsonObject metadata = body.Child("metadata");
        if (kind.Namespaced)
        {
            metadata.Default("namespace", @namespace!);
            if (metadata.Text("namespace") != @namespace)
                throw ApiException.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        static bool IsEmpty(JsonNode? value) => value is JsonObject { Count: 0 } or JsonArray { Count: 0 };
        foreach (string field in metadata.Where(pair => IsEmpty(pair.Value)).Select(pair => pair.Key).ToList())
            metadata.Remove(field);
        foreach (string field in (string[])["kind", "apiVersion", "metadata"])
            body.Remove(field);
        body.Insert(0, "kind", kind.Kind);
        body.Insert(1, "apiVersion", kind.ApiVersion);
        body.Insert(2, "metadata", metadata);
    }

    /// <summary>Keeps the parts that an update may not change: the identity, the deletion, and either the spec or the status.</summary>
    private JsonObject Kept(ResourceKind kind, JsonObject before, JsonObject after, bool status)
    {
        JsonObject metadata = after.Child("metadata");
        foreach (string field in s_identity)
        {
            metadata.Remove(field);
            if (before.At("metadata", field) is { } value)
                metadata[field] = value.DeepClone();
        }

        metadata.Remove("managedFields");
        if (!status)
        {
            if (kind.HasStatus && before["status"] is { } old)
                after["status"] = old.DeepClone();
            if (kind == KindTable.Secret)
                SecretData.Merge(after);
            else if (kind == KindTable.Service)
                addresses.Assign(after, before);
            else if (kind == KindTable.CustomResourceDefinition)
                CustomDefinitions.Establish(after, time);
            _rules.Fill(kind, after);
            _rules.Check(kind, after, before);
            return after;
        }

        JsonObject kept = before.Clone();
        kept["status"] = after["status"]?.DeepClone();
        return kept;
    }

    private void RequireNamespace(ResourceKind kind, string? @namespace, string? name)
    {
        if (!kind.Namespaced)
            return;
        if (store.Get(KindTable.Namespace, null, @namespace!).Body.IsTerminating() && kind != KindTable.Event)
        {
            throw new ApiException(
                403,
                "Forbidden",
                $"{kind.QualifiedName} \"{name}\" is forbidden: "
                + $"unable to create new content in namespace {@namespace} because it is being terminated",
                new JsonObject { ["name"] = name, ["kind"] = kind.Plural });
        }
    }
}
