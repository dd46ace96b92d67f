namespace Berth.Remote.Wire;

/// <summary>A member of a pod's JSON.</summary>
internal enum PodMember
{
    /// <summary>A member that the reader does not need.</summary>
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
