using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// The owners of an object's fields, as <c>metadata.managedFields</c> keeps them. An object has them from the start when a client or a
/// manifest made it. One that a controller made has them from its first server-side apply on.
/// </summary>
internal sealed class ManagedFields
{
    /// <summary>The owner of all that an object had before it was first applied on the server's side, as a real server names it.</summary>
    private const string BeforeFirstApply = "before-first-apply";

    private static readonly string[] s_ownedMetadata = ["labels", "annotations", "finalizers", "ownerReferences", "generateName"];

    private readonly List<FieldOwner> _owners = [];

    private ManagedFields()
    {
    }

    /// <summary>Reads the owners of an object. One without any has no owner yet.</summary>
    public static ManagedFields Of(JsonObject body)
    {
        ManagedFields managed = new();
        foreach (JsonObject entry in body.Items("metadata", "managedFields"))
        {
            managed._owners.Add(new FieldOwner(
                new FieldManager(entry.Text("manager") ?? "", entry.Text("operation") ?? "Update", entry.Text("subresource")),
                entry.Text("apiVersion") ?? "",
                entry.Text("time") ?? "",
                FieldSet.Read(entry["fieldsV1"])));
        }

        return managed;
    }

    /// <summary>The owners of a new object: the manager that made it has all its fields, its status excepted.</summary>
    public static JsonArray Made(string type, JsonObject body, string manager, string now)
    {
        ManagedFields managed = new();
        managed.Set(
            new FieldManager(manager, "Update", null),
            body.Text("apiVersion") ?? "",
            now,
            AppliedFields.Changed(type, null, Owned(body, null)));
        return managed.Write();
    }

    public bool IsEmpty => _owners.Count == 0;

    /// <summary>Gives all fields of an object, its status excepted, to the owner of what was there before.</summary>
    public void Adopt(string type, JsonObject body, string now) => _owners.Add(new FieldOwner(
        new FieldManager(BeforeFirstApply, "Update", null), body.Text("apiVersion") ?? "", now, AppliedFields.Of(type, Owned(body, null))));

    /// <summary>The fields of one manager.</summary>
    public FieldSet FieldsOf(FieldManager manager) =>
        _owners.Find(owner => owner.Manager == manager)?.Fields ?? new FieldSet();

    /// <summary>The owners of fields, but for one manager.</summary>
    public IEnumerable<FieldOwner> Others(FieldManager manager) => _owners.Where(owner => owner.Manager != manager);

    /// <summary>Makes fields those of one manager. A time changes only where the fields do.</summary>
    public void Set(FieldManager manager, string version, string now, FieldSet fields)
    {
        int index = _owners.FindIndex(owner => owner.Manager == manager);
        if (index < 0)
            _owners.Add(new FieldOwner(manager, version, now, fields));
        else if (!JsonNode.DeepEquals(_owners[index].Fields.Write(), fields.Write()) || _owners[index].Version != version)
            _owners[index] = new FieldOwner(manager, version, now, fields);
    }

    /// <summary>Takes fields from everybody but one.</summary>
    public void Take(FieldSet fields, FieldManager manager)
    {
        for (int i = 0; i < _owners.Count; i++)
        {
            FieldOwner owner = _owners[i];
            if (owner.Manager != manager)
                _owners[i] = owner with { Fields = owner.Fields.Without(fields) };
        }

        _owners.RemoveAll(static owner => owner.Fields.IsEmpty);
    }

    /// <summary>
    /// Follows a change that was not applied: what changed belongs to the manager that changed it, and what is gone has no owner.
    /// </summary>
    public void Update(string type, JsonObject before, JsonObject after, FieldManager manager, string now)
    {
        JsonObject old = Owned(before, manager.Subresource);
        JsonObject fresh = Owned(after, manager.Subresource);
        FieldSet changed = AppliedFields.Changed(type, old, fresh);
        FieldSet gone = AppliedFields.Changed(type, null, old).Without(AppliedFields.Changed(type, null, fresh));
        Take(changed.With(gone), manager);
        if (!changed.IsEmpty)
            Set(manager, after.Text("apiVersion") ?? "", now, FieldsOf(manager).Without(gone).With(changed));
    }

    /// <summary>The entries, those of appliers first, as a real server has them.</summary>
    public JsonArray Write() => new(
    [
        .. _owners.OrderBy(static each => each.Manager.Operation, StringComparer.Ordinal).Select(static owner => JsonWriting.Fields(
            ("manager", owner.Manager.Name),
            ("operation", owner.Manager.Operation),
            ("apiVersion", owner.Version),
            ("time", owner.Time),
            ("fieldsType", "FieldsV1"),
            ("fieldsV1", owner.Fields.Write()),
            ("subresource", owner.Manager.Subresource))),
    ]);

    /// <summary>
    /// The part of an object that can be owned through itself or through a subresource: its status through <c>status</c> alone, its spec
    /// not through that, and never its identity.
    /// </summary>
    public static JsonObject Owned(JsonObject body, string? subresource)
    {
        bool ofStatus = subresource == "status";
        JsonObject owned = ofStatus
            ? JsonWriting.Fields(("metadata", body["metadata"]?.DeepClone()), ("status", body["status"]?.DeepClone()))
            : body.Clone();
        foreach (string field in ofStatus ? [] : (string[])["apiVersion", "kind", "status"])
            owned.Remove(field);
        JsonObject metadata = owned.Child("metadata");
        foreach (string field in metadata.Select(static pair => pair.Key).ToList())
        {
            if (!s_ownedMetadata.Contains(field, StringComparer.Ordinal))
                metadata.Remove(field);
        }

        if (metadata.Count == 0)
            owned.Remove("metadata");
        return owned;
    }
}
