using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// Server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/). The fields of a manager are merged one by one. A
/// field that it no longer applies is removed, if no other manager owns it. A field of another owner is a conflict, unless the manager
/// forces the change.
/// </summary>
internal static class ServerSideApply
{
    /// <summary>Returns the object that an apply creates if there is none.</summary>
    public static JsonObject New(ResourceKind kind, JsonObject applied, string manager, string now)
    {
        JsonObject made = applied.Clone();
        ManagedFields owners = ManagedFields.Of(new JsonObject());
        FieldSet stated = AppliedFields.Of(kind.Type, ManagedFields.Owned(applied, null));
        owners.Set(new FieldManager(manager, "Apply", null), kind.ApiVersion, now, stated);
        made.Child("metadata")["managedFields"] = owners.Write();
        return made;
    }

    /// <summary>
    /// The object after an apply. Default values are not added before the comparison, as on a real server (Kubernetes 1.36.2): a structure
    /// that is one value, such as fieldRef, is a conflict if the other owner's has a default that the applied one does not state.
    /// </summary>
    /// <exception cref="ApiException">409: a field is another owner's, with another value.</exception>
    public static JsonObject Change(
        ResourceKind kind, JsonObject live, JsonObject applied, FieldManager manager, bool force, string now)
    {
        ManagedFields owners = ManagedFields.Of(live);
        if (owners.IsEmpty)
            owners.Adopt(kind.Type, live, now);
        JsonObject wanted = ManagedFields.Owned(applied, manager.Subresource);
        if (manager.Subresource == "status")
            wanted.Remove("metadata");
        JsonObject merged = live.Clone();
        AppliedFields.Merge(kind.Type, merged, wanted);
        List<(FieldOwner Owner, string Path, FieldSet Field)> conflicts =
        [
            .. owners.Others(manager).SelectMany(other => AppliedFields.Differing(kind.Type, live, merged, wanted, other.Fields)
                .Select(differing => (other, differing.Path, differing.Field))),
        ];
        if (conflicts.Count > 0 && !force)
            throw Conflict(conflicts);
        foreach ((_, _, FieldSet field) in conflicts)
            owners.Take(field, manager);

        FieldSet stated = AppliedFields.Of(kind.Type, wanted);
        FieldSet dropped = owners.Others(manager).Aggregate(
            owners.FieldsOf(manager).Without(stated), static (rest, other) => rest.Without(other.Fields));
        JsonObject after = live.Clone();
        AppliedFields.Remove(kind.Type, after, dropped);
        AppliedFields.Merge(kind.Type, after, wanted);
        owners.Set(manager, kind.ApiVersion, now, stated);
        after.Child("metadata")["managedFields"] = owners.Write();
        return after;
    }

    private static ApiException Conflict(List<(FieldOwner Owner, string Path, FieldSet Field)> conflicts)
    {
        IEnumerable<string> owners = conflicts.GroupBy(static each => Named(each.Owner), StringComparer.Ordinal)
            .OrderBy(static each => each.Key, StringComparer.Ordinal)
            .Select(static each => $"conflicts with {each.Key}:\n" + string.Join('\n', each.Select(static one => $"- {one.Path}")));
        string what = conflicts is [var only]
            ? $"1 conflict: conflict with {Named(only.Owner)}: {only.Path}"
            : $"{conflicts.Count} conflicts: {string.Join('\n', owners)}";
        JsonArray causes = new(
        [
            .. conflicts.OrderBy(static one => one.Path, StringComparer.Ordinal).Select(static each => JsonWriting.Fields(
                ("reason", "FieldManagerConflict"),
                ("message", $"conflict with {Named(each.Owner)}"),
                ("field", each.Path))),
        ]);
        return new ApiException(409, "Conflict", $"Apply failed with {what}", new JsonObject { ["causes"] = causes });
    }

    /// <summary>
    /// Returns the name of an owner as a real server writes it in a conflict. An owner that applied has no version there.
    /// </summary>
    private static string Named(FieldOwner owner)
    {
        string through = owner.Manager.Subresource is { } subresource ? $" with subresource \"{subresource}\"" : "";
        string version = owner.Manager.Operation == "Update" ? $" using {owner.Version}" : "";
        return $"\"{owner.Manager.Name}\"{through}{version}";
    }
}
