namespace Berth.LocalCluster.Kinds;

/// <summary>The release of Kubernetes that this cluster behaves like.</summary>
internal static class KubernetesRelease
{
    public const string Version = "v1.36.2";
}
