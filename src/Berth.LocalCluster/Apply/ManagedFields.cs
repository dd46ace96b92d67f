using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// The owners of an object's fields, as in <c>metadata.managedFields</c>. An object from a client or a manifest has them from the start. An
/// object that a controller created has them from its first server-side apply on.
/// </summary>
internal sealed class ManagedFields
{
    /// <summary>The owner of all fields that an object had before its first server-side apply. The name is that of a real server.</summary>
    private const string BeforeFirstApply = "before-first-apply";

    private static readonly string[] s_ownedMetadata = ["labels", "annotations", "finalizers", "ownerReferences", "generateName"];

    private readonly List<FieldOwner> _owners = [];

    private ManagedFields()
    {
    }

    /// <summary>Reads the owners of an object. There may be none yet.</summary>
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

    /// <summary>Returns the owners of a new object: the manager that created it owns all its fields, except the status.</summary>
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

    /// <summary>Gives all fields of an object, except its status, to the owner of the fields from before the first apply.</summary>
    public void Adopt(string type, JsonObject body, string now) => _owners.Add(new FieldOwner(
        new FieldManager(BeforeFirstApply, "Update", null), body.Text("apiVersion") ?? "", now, AppliedFields.Of(type, Owned(body, null))));

    /// <summary>Returns the fields of one manager.</summary>
    public FieldSet FieldsOf(FieldManager manager) =>
        _owners.Find(owner => owner.Manager == manager)?.Fields ?? new FieldSet();

    /// <summary>Returns the fields that managers other than this one own.</summary>
    public IEnumerable<FieldOwner> Others(FieldManager manager) => _owners.Where(owner => owner.Manager != manager);

    /// <summary>Gives fields to one manager. Its time changes only if its fields change.</summary>
    public void Set(FieldManager manager, string version, string now, FieldSet fields)
    {
        int index = _owners.FindIndex(owner => owner.Manager == manager);
        if (index < 0)
            _owners.Add(new FieldOwner(manager, version, now, fields));
        else if (!JsonNode.DeepEquals(_owners[index].Fields.Write(), fields.Write()) || _owners[index].Version != version)
            _owners[index] = new FieldOwner(manager, version, now, fields);
    }

    /// <summary>Removes fields from all managers except one.</summary>
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
    /// Records a change that was not an apply: the manager owns the fields that it changed, and removed fields have no owner.
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

    /// <summary>The entries. Those of managers that applied come first, as on a real server.</summary>
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
    /// Returns the part of an object that can be owned through the object itself or through a subresource. The status is owned only through
    /// <c>status</c>, the spec not through it, and the identity never.
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
