namespace Berth.LocalCluster.Kinds;

/// <summary>Every kind the local cluster knows. What is not here is refused by name.</summary>
internal static class KindTable
{
    public const string Discovery = "discovery.k8s.io";
    public const string Rbac = "rbac.authorization.k8s.io";

    public static readonly ResourceKind Namespace = new("", "Namespace", "namespaces", false, "ns") { HasStatus = true };
    public static readonly ResourceKind Node = new("", "Node", "nodes", false, "no") { HasStatus = true };
    public static readonly ResourceKind Pod = new("", "Pod", "pods", true, "po") { HasStatus = true, InAll = true, HasGeneration = true };
    public static readonly ResourceKind Service = new("", "Service", "services", true, "svc") { HasStatus = true, InAll = true };
    public static readonly ResourceKind ServiceAccount = new("", "ServiceAccount", "serviceaccounts", true, "sa");
    public static readonly ResourceKind Event = new("", "Event", "events", true, "ev");

    public static readonly ResourceKind StatefulSet =
        new("apps", "StatefulSet", "statefulsets", true, "sts") { HasStatus = true, HasScale = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind Deployment =
        new("apps", "Deployment", "deployments", true, "deploy") { HasStatus = true, HasScale = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind ReplicaSet =
        new("apps", "ReplicaSet", "replicasets", true, "rs") { HasStatus = true, HasScale = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind ControllerRevision = new("apps", "ControllerRevision", "controllerrevisions", true);
    public static readonly ResourceKind EndpointSlice = new(Discovery, "EndpointSlice", "endpointslices", true) { HasGeneration = true };
    public static readonly ResourceKind PodDisruptionBudget =
        new("policy", "PodDisruptionBudget", "poddisruptionbudgets", true, "pdb") { HasStatus = true, HasGeneration = true };

    public static readonly ResourceKind Lease = new("coordination.k8s.io", "Lease", "leases", true);
    public static readonly ResourceKind Role = new(Rbac, "Role", "roles", true);
    public static readonly ResourceKind RoleBinding = new(Rbac, "RoleBinding", "rolebindings", true);
    public static readonly ResourceKind ClusterRole = new(Rbac, "ClusterRole", "clusterroles", false);
    public static readonly ResourceKind ClusterRoleBinding = new(Rbac, "ClusterRoleBinding", "clusterrolebindings", false);

    /// <summary>The content of the subresource of that name, which is no resource of its own.</summary>
    public static readonly ResourceKind Scale = new("autoscaling", "Scale", "scales", true);

    public static readonly IReadOnlyList<ResourceKind> All =
    [
        Namespace, Node, Pod, Service, ServiceAccount, Event, ControllerRevision, Deployment, ReplicaSet, StatefulSet, EndpointSlice, Lease,
        PodDisruptionBudget, Role, RoleBinding, ClusterRole, ClusterRoleBinding,
    ];

    public static IEnumerable<string> Groups =>
        All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct(StringComparer.Ordinal);

    public static ResourceKind? ByPlural(string group, string plural) =>
        All.FirstOrDefault(kind => kind.Group == group && kind.Plural == plural);

    public static ResourceKind? ByKind(string? apiVersion, string? name) =>
        All.FirstOrDefault(kind => kind.ApiVersion == apiVersion && kind.Kind == name);

    /// <summary>By any name a person uses: <c>sts</c>, <c>statefulset</c>, <c>statefulsets</c>, <c>StatefulSet</c>.</summary>
    public static ResourceKind? ByAnyName(string name) => All.FirstOrDefault(kind =>
        kind.Plural.Equals(name, StringComparison.OrdinalIgnoreCase)
        || kind.Kind.Equals(name, StringComparison.OrdinalIgnoreCase)
        || kind.ShortNames.Contains(name, StringComparer.OrdinalIgnoreCase));
}
