using System.Globalization;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The objects to list and watch, as paths and queries of the Kubernetes API (API concepts: list, watch, resource versions).
/// </summary>
/// <param name="Path">The collection's path.</param>
/// <param name="Resource">The plural name of the resource, for counters and messages.</param>
/// <param name="LabelSelector">The label selector, or null for all objects.</param>
internal sealed record ResourceQuery(string Path, string Resource, string? LabelSelector = null)
{
    /// <summary>The number of objects per page, as in client-go.</summary>
    public const int PageSize = 500;

    /// <summary>The slices of one Service.</summary>
    public static ResourceQuery SlicesOf(ServiceTarget target) => SlicesIn(target.Namespace) with
    {
        LabelSelector = $"kubernetes.io/service-name={target.Service}", Service = target.Service,
    };

    /// <summary>All slices of a namespace.</summary>
    public static ResourceQuery SlicesIn(string @namespace) =>
        new($"/apis/discovery.k8s.io/v1/namespaces/{@namespace}/endpointslices", "endpointslices") { Namespace = @namespace };

    /// <summary>The namespace of the objects, or null for objects of the cluster.</summary>
    public string? Namespace { get; init; }

    /// <summary>The Service that the objects belong to, or null for several.</summary>
    public string? Service { get; init; }

    /// <summary>All nodes.</summary>
    public static ResourceQuery Nodes { get; } = new("/api/v1/nodes", "nodes");

    /// <summary>Returns the query of a first page, or of the whole list.</summary>
    public string List(string? notOlderThan, bool whole) =>
        Url(
            (whole ? "" : Limit)
            + (notOlderThan is null ? "" : $"&resourceVersion={Escape(notOlderThan)}&resourceVersionMatch=NotOlderThan"));

    /// <summary>Returns the query of a further page. It must not name a version, which the token contains.</summary>
    public string ListFrom(string continueToken) => Url($"{Limit}&continue={Escape(continueToken)}");

    /// <summary>Returns the query of a watch from a version.</summary>
    public string Watch(string version, int timeoutSeconds) =>
        Url(string.Create(
            CultureInfo.InvariantCulture,
            $"&watch=1&allowWatchBookmarks=true&resourceVersion={Escape(version)}&timeoutSeconds={timeoutSeconds}"));

    /// <summary>Returns the query of a watch that starts with all objects (KEP-3157).</summary>
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
