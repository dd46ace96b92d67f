namespace Berth.Cli.Options;

/// <summary>The way to a cluster.</summary>
internal enum ClusterEntryKind
{
    /// <summary>A context of the kubeconfig.</summary>
    Context = 0,

    /// <summary>The cluster that this pod runs in.</summary>
    InCluster = 1,

    /// <summary>A dispatcher that follows it.</summary>
    Dispatcher = 2,
}
