using System.Globalization;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Which objects are listed and watched, as the paths and queries of the Kubernetes API (API concepts: list, watch, resource versions).
/// </summary>
/// <param name="Path">The collection's path.</param>
/// <param name="Resource">The resource's name in the plural, for counters and messages.</param>
/// <param name="LabelSelector">Which of them, or null for all.</param>
internal sealed record ResourceQuery(string Path, string Resource, string? LabelSelector = null)
{
    /// <summary>Objects a page, as client-go.</summary>
    public const int PageSize = 500;

    /// <summary>The slices of one Service.</summary>
    public static ResourceQuery SlicesOf(ServiceTarget target) =>
        SlicesIn(target.Namespace) with { LabelSelector = $"kubernetes.io/service-name={target.Service}" };

    /// <summary>All slices of a namespace.</summary>
    public static ResourceQuery SlicesIn(string @namespace) =>
        new($"/apis/discovery.k8s.io/v1/namespaces/{@namespace}/endpointslices", "endpointslices");

    /// <summary>All nodes.</summary>
    public static ResourceQuery Nodes { get; } = new("/api/v1/nodes", "nodes");

    /// <summary>A first page, or the whole list at once.</summary>
    public string List(string? notOlderThan, bool whole) =>
        Url(
            (whole ? "" : Limit)
            + (notOlderThan is null ? "" : $"&resourceVersion={Escape(notOlderThan)}&resourceVersionMatch=NotOlderThan"));

    /// <summary>A further page. It must not name a version: the token holds it.</summary>
    public string ListFrom(string continueToken) => Url($"{Limit}&continue={Escape(continueToken)}");

    /// <summary>A watch from a version on.</summary>
    public string Watch(string version, int timeoutSeconds) =>
        Url(string.Create(
            CultureInfo.InvariantCulture,
            $"&watch=1&allowWatchBookmarks=true&resourceVersion={Escape(version)}&timeoutSeconds={timeoutSeconds}"));

    /// <summary>A watch that begins with all objects (KEP-3157).</summary>
    public string StreamingList(string? notOlderThan, int timeoutSeconds) =>
        Url(string.Create(
            CultureInfo.InvariantCulture,
            $"&watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan" +
            $"&resourceVersion={Escape(notOlderThan ?? "")}&timeoutSeconds={timeoutSeconds}"));

    private static string Limit => $"&limit={PageSize.ToString(CultureInfo.InvariantCulture)}";

    private string Url(string query)
    {
        string all = (LabelSelector is null ? "" : $"&labelSelector={Escape(LabelSelector)}") + query;
        return all.Length == 0 ? Path : $"{Path}?{all[1..]}";
    }

    private static string Escape(string value) => Uri.EscapeDataString(value);
}
