namespace Berth;

/// <summary>Why a pod is not among the endpoints.</summary>
public enum LeftOutReason
{
    /// <summary>The source states neither a hostname nor a pod, so there is no identity.</summary>
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

    /// <summary>An external address is asked for, and nodes may not be read, or are not read yet.</summary>
    ExternalAddressUnknown = 6,

    /// <summary>The source states something about the pod that is malformed.</summary>
    Malformed = 7,

    /// <summary>The pod belongs to another StatefulSet than the one that is followed, or to none.</summary>
    OtherSet = 8,

    /// <summary>Something else than the Service's own controller states the pod, and the controller states it otherwise.</summary>
    OtherSource = 9,

    /// <summary>An external address is asked for, and the pod is not on the host network: nothing listens on its node's address.</summary>
    NotOnHostNetwork = 10,
}
