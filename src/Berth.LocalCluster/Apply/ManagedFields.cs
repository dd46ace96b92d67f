using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// The owners of an object's fields, as <c>metadata.managedFields</c> keeps them. An object has them from its first server-side apply on.
/// </summary>
internal sealed class ManagedFields
{
    /// <summary>The owner of all that an object had before it was first applied on the server's side, as a real server names it.</summary>
    private const string BeforeFirstApply = "before-first-apply";

    private readonly List<(string Manager, string Operation, string Version, string Time, FieldSet Fields)> _owners = [];

    private ManagedFields()
    {
    }

    /// <summary>Reads the owners of an object. One without any has no owner yet.</summary>
    public static ManagedFields Of(JsonObject body)
    {
        ManagedFields managed = new();
        foreach (JsonObject entry in body.Items("metadata", "managedFields"))
        {
            managed._owners.Add((
                entry.Text("manager") ?? "", entry.Text("operation") ?? "Update", entry.Text("apiVersion") ?? "", entry.Text("time") ?? "",
                FieldSet.Read(entry["fieldsV1"])));
        }

        return managed;
    }

    public bool IsEmpty => _owners.Count == 0;

    /// <summary>Gives all fields of an object to the owner of what was there before.</summary>
    public void Adopt(string type, JsonObject body, string now) =>
        _owners.Add((BeforeFirstApply, "Update", body.Text("apiVersion") ?? "", now, AppliedFields.Of(type, Owned(body))));

    /// <summary>The fields that a manager has applied.</summary>
    public FieldSet AppliedBy(string manager) => _owners
        .Where(owner => owner.Manager == manager && owner.Operation == "Apply")
        .Select(static owner => owner.Fields).FirstOrDefault() ?? new FieldSet();

    /// <summary>The fields of everybody but one who applies.</summary>
    public IEnumerable<(string Manager, string Operation, string Version, FieldSet Fields)> Others(string manager) => _owners
        .Where(owner => owner.Manager != manager || owner.Operation != "Apply")
        .Select(static owner => (owner.Manager, owner.Operation, owner.Version, owner.Fields));

    /// <summary>Makes fields those of one manager. A time changes only where the fields do.</summary>
    public void Set(string manager, string operation, string version, string now, FieldSet fields)
    {
        int index = _owners.FindIndex(owner => owner.Manager == manager && owner.Operation == operation);
        if (index < 0)
            _owners.Add((manager, operation, version, now, fields));
        else if (!JsonNode.DeepEquals(_owners[index].Fields.Write(), fields.Write()) || _owners[index].Version != version)
            _owners[index] = (manager, operation, version, now, fields);
    }

    /// <summary>Takes fields from everybody but one.</summary>
    public void Take(FieldSet fields, string manager, string operation)
    {
        for (int i = 0; i < _owners.Count; i++)
        {
            (string Manager, string Operation, string Version, string Time, FieldSet Fields) owner = _owners[i];
            if (owner.Manager != manager || owner.Operation != operation)
                _owners[i] = owner with { Fields = owner.Fields.Without(fields) };
        }

        _owners.RemoveAll(static owner => owner.Fields.IsEmpty);
    }

    /// <summary>
    /// Follows a change that was not applied: what changed belongs to the manager that changed it, and what is gone has no owner.
    /// </summary>
    public void Update(string type, JsonObject before, JsonObject after, string manager, string now)
    {
        FieldSet changed = AppliedFields.Changed(type, Owned(before), Owned(after));
        FieldSet gone = AppliedFields.Of(type, Owned(before)).Without(AppliedFields.Of(type, Owned(after)));
        Take(changed.With(gone), manager, "Update");
        if (changed.IsEmpty)
            return;
        FieldSet mine = _owners.Where(owner => owner.Manager == manager && owner.Operation == "Update")
            .Select(static owner => owner.Fields).FirstOrDefault() ?? new FieldSet();
        Set(manager, "Update", after.Text("apiVersion") ?? "", now, mine.Without(gone).With(changed));
    }

    public JsonArray Write() => new([.. _owners.Select(static owner => JsonWriting.Fields(
        ("manager", owner.Manager),
        ("operation", owner.Operation),
        ("apiVersion", owner.Version),
        ("time", owner.Time),
        ("fieldsType", "FieldsV1"),
        ("fieldsV1", owner.Fields.Write())))]);

    /// <summary>The part of an object that can be owned: not its identity, and not its status, which is another resource's.</summary>
    public static JsonObject Owned(JsonObject body)
    {
        JsonObject owned = body.Clone();
        foreach (string field in (string[])["apiVersion", "kind", "status"])
            owned.Remove(field);
        JsonObject metadata = owned.Child("metadata");
        foreach (string field in metadata.Select(static pair => pair.Key).ToList())
        {
            if (field is not ("labels" or "annotations" or "finalizers" or "ownerReferences"))
                metadata.Remove(field);
        }

        if (metadata.Count == 0)
            owned.Remove("metadata");
        return owned;
    }
}
