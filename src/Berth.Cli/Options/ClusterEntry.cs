namespace Berth.Cli.Options;

/// <summary>One of several clusters, as <c>--cluster</c> names it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The way to it.</param>
/// <param name="Where">The context or the dispatcher's address; empty for the cluster of this pod.</param>
internal sealed record ClusterEntry(string Name, ClusterEntryKind Kind, string Where)
{
    private const string ContextPrefix = "context:";
    private const string InCluster = "in-cluster";

    /// <summary>Reads <c>NAME=context:CONTEXT</c>, <c>NAME=in-cluster</c> or <c>NAME=URL</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">The fault as a sentence, or null.</param>
    public static ClusterEntry? Parse(string text, out string? fault)
    {
        fault = null;
        if (text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } where])
        {
            if (where == InCluster)
                return new ClusterEntry(name, ClusterEntryKind.InCluster, "");
            if (where.StartsWith(ContextPrefix, StringComparison.Ordinal) && where.Length > ContextPrefix.Length)
                return new ClusterEntry(name, ClusterEntryKind.Context, where[ContextPrefix.Length..]);
            if (where.Contains("://", StringComparison.Ordinal))
                return new ClusterEntry(name, ClusterEntryKind.Dispatcher, where);
        }

        fault = $"'{text}' is no cluster. Write it as east=context:prod-east, here=in-cluster or far=http://service-a.far.example:8000.";
        return null;
    }
}
