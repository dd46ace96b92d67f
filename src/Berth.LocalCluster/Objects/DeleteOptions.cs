using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Objects;

/// <summary>The options of a deletion, from the body or, as older clients do, from the query.</summary>
internal sealed record DeleteOptions(
    long? GracePeriodSeconds = null,
    string? PropagationPolicy = null,
    string? Uid = null,
    string? ResourceVersion = null,
    bool DryRun = false)
{
    public static DeleteOptions From(JsonNode? body, Func<string, string?> query) => new(
        body.Number("gracePeriodSeconds") ?? Seconds(query("gracePeriodSeconds")),
        body.Text("propagationPolicy") ?? query("propagationPolicy"),
        body.Text("preconditions", "uid"),
        body.Text("preconditions", "resourceVersion"),
        query("dryRun") == "All" || body.Texts("dryRun").Contains("All", StringComparer.Ordinal));

    /// <exception cref="ApiException">409: the object is not the one that the client means.</exception>
    public void Require(StoredObject item)
    {
        if (Uid is not null && Uid != item.Uid)
            throw Refused("UID", Uid, item.Uid, "might have been deleted and then recreated");
        string? version = item.Body.Text("metadata", "resourceVersion");
        if (ResourceVersion is not null && ResourceVersion != version)
            throw Refused("ResourceVersion", ResourceVersion, version, "might have been modified");
        ApiException Refused(string what, string asked, string? found, string why) => new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {item.Kind.Kind} \"{item.Name}\": the {what} in the precondition ({asked}) does not match "
            + $"the {what} in record ({found}). The object {why}",
            ApiException.Details(item.Kind, item.Name, item.Kind.Kind));
    }

    private static long? Seconds(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long seconds) ? seconds : null;
}
