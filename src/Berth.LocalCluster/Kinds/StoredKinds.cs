namespace Berth.LocalCluster.Kinds;

/// <summary>The kinds that charts contain but that have no effect for processes: their objects are stored, read and watched.</summary>
internal static class StoredKinds
{
    private const string Admission = "admissionregistration.k8s.io";
    private const string Networking = "networking.k8s.io";
    private const string NotEnforced = "not enforced";
    private const string NotRun = "not run";
    private const string NotAsked = "not asked";

    public static readonly ResourceKind RuntimeClass = new("node.k8s.io", "RuntimeClass", "runtimeclasses", false);

    public static readonly ResourceKind PersistentVolumeClaim =
        new("", "PersistentVolumeClaim", "persistentvolumeclaims", true, "pvc")
        {
            HasStatus = true, StoredAnd = "a folder of this machine, of no limited size",
        };

    public static readonly IReadOnlyList<ResourceKind> All =
    [
        new("batch", "Job", "jobs", true) { HasStatus = true, InAll = true, HasGeneration = true, StoredAnd = NotRun },
        new("batch", "CronJob", "cronjobs", true, "cj") { HasStatus = true, InAll = true, HasGeneration = true, StoredAnd = NotRun },
        new("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true, "hpa")
        {
            Version = "v2", HasStatus = true, InAll = true, StoredAnd = NotEnforced,
        },
        new(Networking, "Ingress", "ingresses", true, "ing") { HasStatus = true, HasGeneration = true, StoredAnd = "no proxy serves it" },
        new(Networking, "IngressClass", "ingressclasses", false) { HasGeneration = true },
        new(Networking, "NetworkPolicy", "networkpolicies", true, "netpol") { HasGeneration = true, StoredAnd = NotEnforced },
        PersistentVolumeClaim,
        new("", "PersistentVolume", "persistentvolumes", false, "pv") { HasStatus = true, StoredAnd = "no volume is bound" },
        new("storage.k8s.io", "StorageClass", "storageclasses", false, "sc"),
        RuntimeClass,
        new("", "LimitRange", "limitranges", true, "limits") { StoredAnd = NotEnforced },
        new("", "ResourceQuota", "resourcequotas", true, "quota") { HasStatus = true, StoredAnd = NotEnforced },
        new(Admission, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false)
        {
            HasGeneration = true, StoredAnd = NotAsked,
        },
        new(Admission, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false)
        {
            HasGeneration = true, StoredAnd = NotAsked,
        },
        new(Admission, "ValidatingAdmissionPolicy", "validatingadmissionpolicies", false)
        {
            HasStatus = true, HasGeneration = true, StoredAnd = NotEnforced,
        },
        new(Admission, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", false) { HasGeneration = true },
        new(Admission, "MutatingAdmissionPolicy", "mutatingadmissionpolicies", false) { HasGeneration = true, StoredAnd = NotEnforced },
        new(Admission, "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings", false) { HasGeneration = true },
    ];
}
