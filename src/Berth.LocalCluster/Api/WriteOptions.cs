using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Api;

/// <summary>The options of a write that a real server refuses, in its words.</summary>
internal static class WriteOptions
{
    private const int MaxManager = 128;

    /// <exception cref="ApiException">422.</exception>
    public static void Check(string method, bool isApply, Func<string, string?> query)
    {
        FieldFaults faults = new();
        string manager = query("fieldManager") ?? "";
        if (query("dryRun") is { Length: > 0 } run && run != "All")
            faults.NotSupported("dryRun", JsonWriting.TextArray(run), "All");
        if (method == "PATCH" && !isApply && query("force") is { Length: > 0 })
            faults.Forbidden("force", "may not be specified for non-apply patch");
        else if (isApply && manager.Length == 0)
            faults.Required("fieldManager", "is required for apply patch");
        if (Encoding.UTF8.GetByteCount(manager) > MaxManager)
            faults.Add(("fieldManager", "Too long: may not be more than 128 bytes", "FieldValueTooLong"));
        else if (manager.Any(char.IsControl))
            faults.Invalid("fieldManager", manager, "should only contain printable characters");
        if (method == "DELETE" && query("propagationPolicy") is { Length: > 0 } policy)
            faults.OneOf("propagationPolicy", policy, "Foreground", "Background", "Orphan", "nil");
        else if (method != "DELETE")
            faults.OneOf("fieldValidation", query("fieldValidation"), "", "Ignore", "Strict", "Warn");
        if (faults.Count > 0)
            throw ApiException.Invalid(new ResourceKind("meta.k8s.io", NameOf(method), "", false), "", faults);
    }

    private static string NameOf(string method) => method switch
    {
        "POST" => "CreateOptions",
        "PUT" => "UpdateOptions",
        "PATCH" => "PatchOptions",
        _ => "DeleteOptions",
    };
}
