using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Objects;

/// <summary>The options of a deletion, from the body or, as older clients do, from the query.</summary>
internal sealed record DeleteOptions(
    long? GracePeriodSeconds = null,
    string? PropagationPolicy = null,
    string? Uid = null,
    string? ResourceVersion = null,
    bool DryRun = false)
{
    /// <exception cref="ApiException">422: the body has an option that no server knows.</exception>
    public static DeleteOptions From(JsonNode? body, Func<string, string?> query)
    {
        FieldFaults faults = new();
        string? policy = body.Text("propagationPolicy");
        if (policy is not null && body.At("orphanDependents") is not null)
            faults.Invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set");
        else
            faults.OneOf("propagationPolicy", policy, "Foreground", "Background", "Orphan", "nil");
        if (body.Texts("dryRun").Any(static run => run != "All"))
            faults.NotSupported("dryRun", body.At("dryRun"), "All");
        if (faults.Count > 0)
            throw ApiException.Invalid(KindTable.Deletion, "", faults);
        return new(
            body.Number("gracePeriodSeconds") ?? Seconds(query("gracePeriodSeconds")),
            policy ?? (body.Flag("orphanDependents") ? "Orphan" : query("propagationPolicy")),
            body.Text("preconditions", "uid"),
            body.Text("preconditions", "resourceVersion"),
            query("dryRun") == "All" || body.Texts("dryRun").Contains("All", StringComparer.Ordinal));
    }

    /// <exception cref="ApiException">409: the object is not the one that the client means.</exception>
    public void Require(ResourceKind kind, JsonObject body)
    {
        string name = body.Text("metadata", "name")!;
        string? uid = body.Text("metadata", "uid");
        if (Uid is not null && Uid != uid)
            throw Refused("UID", Uid, uid, "might have been deleted and then recreated");
        string? version = body.Text("metadata", "resourceVersion");
        if (ResourceVersion is not null && ResourceVersion != version)
            throw Refused("ResourceVersion", ResourceVersion, version, "might have been modified");
        ApiException Refused(string what, string asked, string? found, string why) => new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {kind.Kind} \"{name}\": the {what} in the precondition ({asked}) does not match "
            + $"the {what} in record ({found}). The object {why}",
            ApiException.Details(kind, name, kind.Kind));
    }

    private static long? Seconds(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long seconds) ? seconds : null;
}
