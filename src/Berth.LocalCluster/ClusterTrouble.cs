namespace Berth.LocalCluster;

/// <summary>An object that does not match its manifest, and the reason, in the words of kubectl describe.</summary>
/// <param name="Kind">Its kind: Pod, StatefulSet, DaemonSet or ReplicaSet.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">One word for the reason: CrashLoopBackOff, FailedMount, FailedCreate, Unschedulable and so on.</param>
/// <param name="Message">The reason in a sentence; empty when there is no further text.</param>
public sealed record ClusterTrouble(string Kind, string Namespace, string Name, string Reason, string Message);
