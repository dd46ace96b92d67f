using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>Reads CustomResourceDefinitions, and sets the status that their kinds are served.</summary>
internal static class CustomDefinitions
{
    /// <summary>Returns the kind of a definition. Null when it states no names or no stored version.</summary>
    public static CustomKind? Read(JsonObject definition)
    {
        JsonNode? spec = definition["spec"];
        JsonNode? names = spec.At("names");
        List<JsonObject> versions = [.. spec.Items("versions")];
        if (Stored(definition) is not { } stored || spec.Text("group") is not { } group || names.Text("kind") is not { } kind
            || names.Text("plural") is not { } plural)
        {
            return null;
        }

        ResourceKind custom = new(group, kind, plural, spec.Text("scope") == "Namespaced", [.. names.Texts("shortNames")])
        {
            Version = stored,
            IsCustom = true,
            HasGeneration = true,
            HasStatus = versions.Exists(static version => version.At("subresources", "status") is not null),
            StoredAnd = "no controller acts on it",
        };
        return new(
            custom,
            [.. versions.Where(static version => version.Flag("served")).Select(static version => version.Text("name")).OfType<string>()]);
    }

    /// <summary>Sets the status that a real server gives a definition after its kind is served.</summary>
    public static void Establish(JsonObject definition, TimeProvider time)
    {
        string now = definition.Text("metadata", "creationTimestamp") ?? time.Timestamp();
        JsonObject Condition(string type, string reason, string message) => JsonWriting.Fields(
            ("lastTransitionTime", now), ("message", message), ("reason", reason), ("status", "True"), ("type", type));
        JsonObject names = definition.Child("spec").Child("names");
        names.Default("singular", names.Text("kind")?.ToLowerInvariant() ?? "");
        names.Default("listKind", names.Text("kind") + "List");
        definition.Child("spec").Default("conversion", new JsonObject { ["strategy"] = "None" });
        definition["status"] = JsonWriting.Fields(
            ("acceptedNames", names.DeepClone()),
            ("conditions", new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted"))),
            ("storedVersions", JsonWriting.TextArray(Stored(definition) is { } stored ? [stored] : [])));
    }

    /// <summary>Serves the kinds of all definitions.</summary>
    public static void Serve(ObjectStore store) => store.Kinds.Define(
        store.List(KindTable.CustomResourceDefinition).Select(static definition => Read(definition.Body)).OfType<CustomKind>());

    /// <summary>Removes a definition. The objects of its kind go first.</summary>
    public static (StoredObject Object, bool IsGone) Remove(
        ObjectStore store, StoredObject definition, Func<StoredObject, (StoredObject Object, bool IsGone)> remove)
    {
        foreach (StoredObject item in Read(definition.Body) is { } custom ? store.List(custom.Kind) : [])
            store.Remove(item);
        (StoredObject Object, bool IsGone) end = remove(definition);
        Serve(store);
        return end;
    }

    private static string? Stored(JsonObject definition) =>
        definition.Items("spec", "versions").FirstOrDefault(static version => version.Flag("storage")).Text("name");
}
