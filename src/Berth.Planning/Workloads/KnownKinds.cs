using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>The kinds whose pods and ports a plan knows, or that have none.</summary>
internal static class KnownKinds
{
    private static readonly Dictionary<string, string[]> s_ofGroup = new(StringComparer.Ordinal)
    {
        [""] =
        [
            "Binding", "ComponentStatus", "ConfigMap", "Endpoints", "Event", "LimitRange", "Namespace", "Node", "PersistentVolume",
            "PersistentVolumeClaim", "Pod", "PodTemplate", "ReplicationController", "ResourceQuota", "Secret", "Service", "ServiceAccount",
        ],
        ["apps"] = ["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
        ["extensions"] = ["DaemonSet", "Deployment", "ReplicaSet", "Ingress", "NetworkPolicy", "PodSecurityPolicy"],
        ["batch"] = ["Job", "CronJob"],
        ["autoscaling"] = ["HorizontalPodAutoscaler"],
        ["policy"] = ["PodDisruptionBudget", "PodSecurityPolicy"],
        ["apps.kruise.io"] = ["StatefulSet", "DaemonSet"],
        ["keda.sh"] = ["ScaledObject", "TriggerAuthentication", "ClusterTriggerAuthentication"],

        // Charts often contain these kinds, which create no pods.
        ["monitoring.coreos.com"] = ["ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "ScrapeConfig"],
        ["cert-manager.io"] = ["Certificate", "CertificateRequest", "Issuer", "ClusterIssuer"],
        ["external-secrets.io"] = ["ExternalSecret", "ClusterExternalSecret", "SecretStore", "ClusterSecretStore"],
    };

    /// <summary>Returns a sentence when the kind of an object is not known, or when it has none; else null.</summary>
    public static string? FindFault(PlanObject each)
    {
        if (each.Kind.Length == 0 || each.ApiVersion.Length == 0)
        {
            return $"{each.Location}: a document has no {(each.Kind.Length == 0 ? "kind" : "apiVersion")}, so it is no Kubernetes " +
                "manifest. Leave it out, or give it one.";
        }

        bool known = s_ofGroup.TryGetValue(each.Group, out string[]? kinds)
            ? kinds.Contains(each.Kind, StringComparer.Ordinal)
            : each.Group.EndsWith(".k8s.io", StringComparison.Ordinal);
        return known
            ? null
            : $"{each.Location}: the kind {each.Kind} of {each.ApiVersion} is not known, so the plan does not count the pods of " +
                $"{each.Path}. If it has none on the host network, pass it over with --skip-unknown true.";
    }
}
