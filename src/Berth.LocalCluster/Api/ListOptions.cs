using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Api;

/// <summary>
/// The options that a list or a watch may combine, as https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
/// says.
/// </summary>
internal static class ListOptions
{
    private const string Match = "resourceVersionMatch";
    private static readonly ResourceKind s_kind = new("meta.k8s.io", "ListOptions", "", false);

    /// <summary>Reads a yes or no as Go does: everything but <c>false</c> and <c>0</c> is yes.</summary>
    public static bool IsSet(string? text) => text is not null and not "0" && !text.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ApiException">400 or 422.</exception>
    public static void Check(Func<string, string?> query, bool watch)
    {
        static bool IsNoNumber(string? text) => !string.IsNullOrEmpty(text) && !long.TryParse(text, CultureInfo.InvariantCulture, out _);
        foreach (string? number in new[] { query("limit"), query("timeoutSeconds") }.Where(IsNoNumber))
            throw ApiException.BadRequest($"strconv.ParseInt: parsing \"{number}\": invalid syntax");
        FieldFaults faults = new();
        string match = query(Match) ?? "";
        bool initial = !string.IsNullOrEmpty(query("sendInitialEvents"));
        void Forbid(bool given, string field, string why)
        {
            if (given)
                faults.Forbidden(field, why);
        }

        bool versioned = !string.IsNullOrEmpty(query("resourceVersion"));
        bool continued = !string.IsNullOrEmpty(query("continue"));
        Forbid(
            watch && initial && match != "NotOlderThan",
            Match,
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        Forbid(
            watch && !initial && match.Length > 0,
            Match,
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        Forbid(
            !watch && match.Length > 0 && !versioned,
            Match,
            "resourceVersionMatch is forbidden unless resourceVersion is provided");
        Forbid(
            match.Length > 0 && continued,
            Match,
            "resourceVersionMatch is forbidden when continue is provided");
        if (match.Length > 0)
            faults.OneOf(Match, match, watch ? ["NotOlderThan"] : ["Exact", "NotOlderThan", ""]);
        Forbid(
            !watch && match == "Exact" && query("resourceVersion") == "0",
            Match,
            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        Forbid(!watch && initial, "sendInitialEvents", "sendInitialEvents is forbidden for list");
        if (faults.Count > 0)
            throw ApiException.Invalid(s_kind, "", faults);
    }
}
