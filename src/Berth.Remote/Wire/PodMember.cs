namespace Berth.Remote.Wire;

/// <summary>A member of a pod's JSON.</summary>
internal enum PodMember
{
    /// <summary>One that nothing follows from here.</summary>
    Other,
    Pod,
    Uid,
    Ordinal,
    Addresses,
    Host,
    Ports,
    Node,
    Zone,
    Cluster,
    Ready,
    Serving,
    Terminating,
    State,
}
