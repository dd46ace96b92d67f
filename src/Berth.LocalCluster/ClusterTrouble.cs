namespace Berth.LocalCluster;

/// <summary>An object that is not as its manifest wants it, and the reason, as kubectl describe tells it.</summary>
/// <param name="Kind">Its kind: Pod, StatefulSet, DaemonSet or ReplicaSet.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">One word for the reason: CrashLoopBackOff, FailedMount, FailedCreate, Unschedulable and so on.</param>
/// <param name="Message">The reason in a sentence; empty where there is no more to say.</param>
public sealed record ClusterTrouble(string Kind, string Namespace, string Name, string Reason, string Message);
