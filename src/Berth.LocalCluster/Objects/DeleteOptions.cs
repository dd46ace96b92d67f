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

    private static long? Seconds(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long seconds) ? seconds : null;
}
