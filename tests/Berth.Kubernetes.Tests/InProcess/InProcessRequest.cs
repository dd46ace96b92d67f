namespace Berth.Kubernetes.InProcess;

/// <summary>One request: its path, its query, and whether it prefers protobuf.</summary>
internal sealed class InProcessRequest(Uri uri, bool prefersProtobuf)
{
    private readonly Dictionary<string, string> _query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(static p => p.Split('=', 2)).ToDictionary(
            static p => p[0], static p => Uri.UnescapeDataString(p.Length > 1 ? p[1] : ""), StringComparer.Ordinal);

    public bool PrefersProtobuf => prefersProtobuf;

    public string Path => uri.AbsolutePath;

    public bool IsWatch => Query("watch") is "1" or "true";

    public bool IsNodes => Path.EndsWith("/nodes", StringComparison.Ordinal);

    public string? Query(string name) => _query.GetValueOrDefault(name);

    /// <summary>The part of the query that changes from one request to the next.</summary>
    public string Description =>
        string.Join(
            ' ',
            _query.Where(
                static q => q.Key is "resourceVersion" or "continue" or "sendInitialEvents").Select(static q => $"{q.Key}={q.Value}"));

    public override string ToString() => uri.PathAndQuery;
}
