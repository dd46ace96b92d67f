namespace Berth.LocalCluster.Kinds;

/// <summary>The kinds that the local cluster acts on, and <see cref="StoredKinds"/>. Other kinds are refused by name.</summary>
internal static class KindTable
{
    public const string Discovery = "discovery.k8s.io";
    public const string Rbac = "rbac.authorization.k8s.io";

    public static readonly ResourceKind Namespace = new("", "Namespace", "namespaces", false, "ns") { HasStatus = true };
    public static readonly ResourceKind Node = new("", "Node", "nodes", false, "no") { HasStatus = true };
    public static readonly ResourceKind Pod = new("", "Pod", "pods", true, "po") { HasStatus = true, InAll = true, HasGeneration = true };
    public static readonly ResourceKind Service = new("", "Service", "services", true, "svc") { HasStatus = true, InAll = true };
    public static readonly ResourceKind ServiceAccount = new("", "ServiceAccount", "serviceaccounts", true, "sa");
    public static readonly ResourceKind ConfigMap = new("", "ConfigMap", "configmaps", true, "cm");
    public static readonly ResourceKind Secret = new("", "Secret", "secrets", true);
    public static readonly ResourceKind Event = new("", "Event", "events", true, "ev");

    public static readonly ResourceKind StatefulSet =
        new("apps", "StatefulSet", "statefulsets", true, "sts") { HasStatus = true, HasScale = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind Deployment =
        new("apps", "Deployment", "deployments", true, "deploy") { HasStatus = true, HasScale = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind ReplicaSet =
        new("apps", "ReplicaSet", "replicasets", true, "rs") { HasStatus = true, HasScale = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind DaemonSet =
        new("apps", "DaemonSet", "daemonsets", true, "ds") { HasStatus = true, InAll = true, HasGeneration = true };

    public static readonly ResourceKind ControllerRevision = new("apps", "ControllerRevision", "controllerrevisions", true);
    public static readonly ResourceKind EndpointSlice = new(Discovery, "EndpointSlice", "endpointslices", true) { HasGeneration = true };
    public static readonly ResourceKind PodDisruptionBudget =
        new("policy", "PodDisruptionBudget", "poddisruptionbudgets", true, "pdb")
        {
            HasStatus = true, HasGeneration = true, StoredAnd = "not enforced, except for evictions: kubectl drain",
        };

    public static readonly ResourceKind PriorityClass = 
        new("scheduling.k8s.io", "PriorityClass", "priorityclasses", false, "pc") { HasGeneration = true };
    public static readonly ResourceKind CustomResourceDefinition =
        new("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", false, "crd", "crds")
        {
            HasStatus = true, HasGeneration = true,
        };

    public static readonly ResourceKind Lease = new("coordination.k8s.io", "Lease", "leases", true);
    public static readonly ResourceKind Role = new(Rbac, "Role", "roles", true);
    public static readonly ResourceKind RoleBinding = new(Rbac, "RoleBinding", "rolebindings", true);
    public static readonly ResourceKind ClusterRole = new(Rbac, "ClusterRole", "clusterroles", false);
    public static readonly ResourceKind ClusterRoleBinding = new(Rbac, "ClusterRoleBinding", "clusterrolebindings", false);

    /// <summary>The content of the subresource of that name, which is not a resource itself.</summary>
    public static readonly ResourceKind Scale = new("autoscaling", "Scale", "scales", true);

    /// <summary>The content of a request that deletes.</summary>
    public static readonly ResourceKind Deletion = new("meta.k8s.io", "DeleteOptions", "", false);

    /// <summary>The content of a pod's subresource of that name.</summary>
    public static readonly ResourceKind Eviction = new("policy", "Eviction", "evictions", true);

    public static readonly IReadOnlyList<ResourceKind> All =
    [
        Namespace, Node, Pod, Service, ServiceAccount, ConfigMap, Secret, Event, ControllerRevision, DaemonSet, Deployment, ReplicaSet,
        StatefulSet, EndpointSlice, Lease, PodDisruptionBudget, PriorityClass, Role, RoleBinding, ClusterRole, ClusterRoleBinding,
        CustomResourceDefinition, .. StoredKinds.All,
    ];
}
