using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// Server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/): what a manager applies is merged field by
/// field, what it no longer applies and no other manager owns goes, and a field of another owner is a conflict unless the manager
/// takes it by force.
/// </summary>
internal static class ServerSideApply
{
    /// <summary>The object that an apply makes where none is.</summary>
    public static JsonObject New(ResourceKind kind, JsonObject applied, string manager, string now)
    {
        JsonObject made = applied.Clone();
        ManagedFields owners = ManagedFields.Of(new JsonObject());
        owners.Set(manager, "Apply", kind.ApiVersion, now, AppliedFields.Of(kind.Type, ManagedFields.Owned(applied)));
        made.Child("metadata")["managedFields"] = owners.Write();
        return made;
    }

    /// <summary>The object after an apply. Fill puts in the values that an object does not state.</summary>
    /// <exception cref="ApiException">409: a field is another owner's, with another value.</exception>
    public static JsonObject Change(
        ResourceKind kind, JsonObject live, JsonObject applied, string manager, bool force, string now, Action<JsonObject> fill)
    {
        ManagedFields owners = ManagedFields.Of(live);
        if (owners.IsEmpty)
            owners.Adopt(kind.Type, live, now);
        JsonObject wanted = ManagedFields.Owned(applied);
        JsonObject merged = live.Clone();
        AppliedFields.Merge(kind.Type, merged, wanted);
        fill(merged);
        List<(string Manager, string Version, string Path, FieldSet Field)> conflicts =
        [
            .. owners.Others(manager).SelectMany(other => AppliedFields.Differing(kind.Type, live, merged, wanted, other.Fields)
                .Select(differing => (other.Manager, other.Version, differing.Path, differing.Field))),
        ];
        if (conflicts.Count > 0 && !force)
            throw Conflict(kind, live.Text("metadata", "name")!, conflicts);
        foreach ((_, _, _, FieldSet field) in conflicts)
            owners.Take(field, manager, "Apply");

        FieldSet stated = AppliedFields.Of(kind.Type, wanted);
        FieldSet dropped = owners.Others(manager).Aggregate(
            owners.AppliedBy(manager).Without(stated), static (rest, other) => rest.Without(other.Fields));
        JsonObject after = live.Clone();
        AppliedFields.Remove(kind.Type, after, dropped);
        AppliedFields.Merge(kind.Type, after, wanted);
        owners.Set(manager, "Apply", kind.ApiVersion, now, stated);
        after.Child("metadata")["managedFields"] = owners.Write();
        return after;
    }

    private static ApiException Conflict(
        ResourceKind kind, string name, List<(string Manager, string Version, string Path, FieldSet Field)> conflicts)
    {
        IEnumerable<string> owners = conflicts.GroupBy(static each => (each.Manager, each.Version)).Select(static each =>
            each.Count() == 1
                ? $"conflict with \"{each.Key.Manager}\" using {each.Key.Version}: {each.First().Path}"
                : $"conflicts with \"{each.Key.Manager}\" using {each.Key.Version}:\n"
                    + string.Join('\n', each.Select(static one => $"- {one.Path}")));
        string count = conflicts.Count == 1 ? "1 conflict" : $"{conflicts.Count} conflicts";
        JsonObject details = ApiException.Details(kind, name);
        details["causes"] = new JsonArray([.. conflicts.Select(static each => JsonWriting.Fields(
            ("reason", "FieldManagerConflict"),
            ("message", $"conflict with \"{each.Manager}\" using {each.Version}"),
            ("field", each.Path)))]);
        return new ApiException(409, "Conflict", $"Apply failed with {count}: {string.Join('\n', owners)}", details);
    }
}
