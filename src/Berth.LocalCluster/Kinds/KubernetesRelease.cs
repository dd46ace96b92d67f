namespace Berth.LocalCluster.Kinds;

/// <summary>The release of Kubernetes that this cluster imitates.</summary>
internal static class KubernetesRelease
{
    public const string Version = "v1.36.2";
}
