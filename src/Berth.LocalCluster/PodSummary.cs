namespace Berth.LocalCluster;

/// <summary>One line about a pod, for a person.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Uid">The pod's UID: a pod created again under the same name has another.</param>
/// <param name="Node">The node it is bound to; null before.</param>
/// <param name="PodIP">Its address; null before it has one.</param>
/// <param name="Phase">Pending, Running, Succeeded or Failed.</param>
/// <param name="State">What kubectl shows under STATUS: Running, ContainerCreating, CrashLoopBackOff, Terminating and so on.</param>
/// <param name="Ready">Whether the Ready condition is true.</param>
/// <param name="Terminating">Whether it is being deleted.</param>
/// <param name="Restarts">Restarts of all its containers together.</param>
/// <param name="ProcessId">Process id of its first container while that runs; null otherwise and where no processes are run.</param>
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
