namespace Berth;

/// <summary>The reason why a pod is not among the endpoints.</summary>
public enum LeftOutReason
{
    /// <summary>The source states neither a hostname nor a pod, so the identity is not known.</summary>
    NoName = 0,

    /// <summary>The pod's name has no clean ordinal.</summary>
    NoOrdinal = 1,

    /// <summary>The computed port is outside 1..65535.</summary>
    PortOutOfRange = 2,

    /// <summary>The Service declares no port that could be a base.</summary>
    NoServicePort = 3,

    /// <summary>The source states no address of a kind that can be dialled.</summary>
    NoAddress = 4,

    /// <summary>An external address is asked for, and the pod's node has none.</summary>
    NoExternalAddress = 5,

    /// <summary>An external address is asked for, and reading nodes is forbidden, or nodes are not read yet.</summary>
    ExternalAddressUnknown = 6,

    /// <summary>A statement of the source about the pod is malformed.</summary>
    Malformed = 7,

    /// <summary>The pod belongs to no StatefulSet, or to another one than the followed one.</summary>
    OtherSet = 8,

    /// <summary>Another writer than the Service's own controller states the pod, and the controller states it differently.</summary>
    OtherSource = 9,

    /// <summary>An external address is asked for, and the pod is not on the host network: nothing listens on its node's address.</summary>
    NotOnHostNetwork = 10,
}
