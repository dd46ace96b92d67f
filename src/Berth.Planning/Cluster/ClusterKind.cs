namespace Berth.Planning.Cluster;

/// <summary>The kinds that a plan reads from a cluster.</summary>
/// <param name="Group">The path of its group and version, such as <c>apis/apps/v1</c>.</param>
/// <param name="Resource">The name of its resource.</param>
/// <param name="Kind">The kind of its objects. Lists leave it out.</param>
/// <param name="IsNamespaced">True for a kind of a namespace.</param>
internal sealed record ClusterKind(string Group, string Resource, string Kind, bool IsNamespaced = true)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClusterKind> All { get; } =
    [
        new("api/v1", "nodes", "Node", IsNamespaced: false),
        new("api/v1", "namespaces", "Namespace", IsNamespaced: false),
        new("api/v1", "services", "Service"),
        new("api/v1", "pods", "Pod"),
        new("api/v1", "configmaps", "ConfigMap"),
        new("apis/apps/v1", "statefulsets", "StatefulSet"),
        new("apis/apps/v1", "daemonsets", "DaemonSet"),
        new("apis/apps/v1", "deployments", "Deployment"),
        new("apis/autoscaling/v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    ];

    /// <summary>The <c>apiVersion</c> of its objects.</summary>
    public string ApiVersion => Group["api".Length..].TrimStart('s').TrimStart('/');

    /// <summary>Its name as kubectl takes it: <c>statefulsets.apps</c>.</summary>
    public string NameForKubectl => Group.Split('/') is ["apis", var group, _] ? $"{Resource}.{group}" : Resource;

    /// <summary>The path of a list, of one namespace or of all.</summary>
    public string PathOf(string? @namespace) =>
        @namespace is null || !IsNamespaced ? $"/{Group}/{Resource}" : $"/{Group}/namespaces/{@namespace}/{Resource}";
}
