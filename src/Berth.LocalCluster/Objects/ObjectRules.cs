using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Rules;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>The defaults and the checks of an object, with those of the definition of a custom kind.</summary>
internal sealed class ObjectRules(ObjectStore store)
{
    /// <summary>Fills in the values that an object does not state.</summary>
    public void Fill(ResourceKind kind, JsonObject body)
    {
        Defaults.Apply(kind, body);
        if (SchemaOf(kind) is { } schema)
            CustomSchema.Fill(schema, body);
    }

    /// <summary>Checks an object, and a change of it when there is one before.</summary>
    /// <exception cref="Status.ApiException">422.</exception>
    public void Check(ResourceKind kind, JsonObject body, JsonObject? before = null)
    {
        Validation.Check(kind, body, before);
        if (SchemaOf(kind) is { } schema)
            CustomSchema.Check(kind, schema, body);
    }

    /// <summary>The schema of a custom kind, in the version that its definition stores.</summary>
    public JsonNode? SchemaOf(ResourceKind kind) => kind.IsCustom
        ? store.Find(KindTable.CustomResourceDefinition, null, kind.QualifiedName)?.Body.Items("spec", "versions")
            .FirstOrDefault(static version => version.Flag("storage")).At("schema", "openAPIV3Schema")
        : null;
}
