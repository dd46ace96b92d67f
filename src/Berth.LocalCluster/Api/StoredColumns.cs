namespace Berth.LocalCluster.Api;

/// <summary>The columns of kubectl get for kinds that are only stored.</summary>
internal static class StoredColumns
{
    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";

    public static string JobState(JsonObject job) => job.Flag("spec", "suspend") ? "Suspended" : "Running";

    public static string Completions(JsonObject job) =>
        $"{job.Number("status", "succeeded") ?? 0}/{job.Number("spec", "completions") ?? 1}";

    public static string Reference(JsonObject scaler) =>
        $"{scaler.Text("spec", "scaleTargetRef", "kind")}/{scaler.Text("spec", "scaleTargetRef", "name")}";

    /// <summary>The targets of an autoscaler. Nothing is measured here, so the current value of each is unknown.</summary>
    public static string Targets(JsonObject scaler)
    {
        string[] targets = [.. scaler.Items("spec", "metrics").Select(Target)];
        string more = targets.Length > 2 ? $" + {targets.Length - 2} more..." : "";
        return targets.Length == 0 ? "<none>" : string.Join(", ", targets.Take(2)) + more;
    }

    public static string Hosts(JsonObject ingress)
    {
        string[] hosts = [.. ingress.Items("spec", "rules").Select(static rule => rule.Text("host")).OfType<string>().Distinct()];
        return hosts.Length == 0 ? "*" : string.Join(',', hosts.Take(3)) + (hosts.Length > 3 ? $" + {hosts.Length - 3} more..." : "");
    }

    public static string Claim(JsonObject volume) => volume.At("spec", "claimRef") is { } claim
        ? $"{claim.Text("namespace")}/{claim.Text("name")}"
        : "";

    public static string StorageClass(JsonObject item) =>
        item.Text("metadata", "name") + (item.Text("metadata", "annotations", DefaultClass) == "true" ? " (default)" : "");

    public static string Count(JsonObject item, params string[] path) => item.Items(path).Count().ToString(CultureInfo.InvariantCulture);

    public static string ParamKind(JsonObject policy) => policy.At("spec", "paramKind") is { } kind
        ? $"{kind.Text("apiVersion")}/{kind.Text("kind")}"
        : "<unset>";

    private static string Target(JsonObject metric)
    {
        JsonNode? resource = metric["resource"];
        string? wanted = resource.Number("target", "averageUtilization") is { } share
            ? $"{share}%"
            : resource.Text("target", "averageValue");
        return resource is null || wanted is null ? "<unknown>" : $"{resource.Text("name")}: <unknown>/{wanted}";
    }
}
