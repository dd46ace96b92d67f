namespace Berth.LocalCluster;

/// <summary>The summary of a pod, for people and tests.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The pod's UID. A new pod of the same name has another one.</param>
/// <param name="Node">The node that it is bound to; null before the binding.</param>
/// <param name="PodIP">Its address; null before it has one.</param>
/// <param name="Phase">Pending, Running, Succeeded or Failed.</param>
/// <param name="State">The STATUS column of kubectl: Running, ContainerCreating, CrashLoopBackOff, Terminating and so on.</param>
/// <param name="Ready">True when its condition Ready is true.</param>
/// <param name="Terminating">True while it is being deleted.</param>
/// <param name="Restarts">The number of restarts of all its containers.</param>
/// <param name="ProcessId">The process id of its first container while it runs; null otherwise, and when no processes are run.</param>
/// <param name="Labels">The pod's labels.</param>
public sealed record PodSummary(
    string Namespace,
    string Name,
    string Uid,
    string? Node,
    string? PodIP,
    string Phase,
    string State,
    bool Ready,
    bool Terminating,
    int Restarts,
    int? ProcessId,
    IReadOnlyDictionary<string, string> Labels);
