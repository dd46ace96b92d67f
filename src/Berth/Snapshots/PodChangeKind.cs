namespace Berth;

/// <summary>The kind of change of a pod between two snapshots.</summary>
public enum PodChangeKind
{
    /// <summary>The pod is new.</summary>
    Joined = 0,

    /// <summary>The pod is gone.</summary>
    Left = 1,

    /// <summary>Another process has the pod's name: the UID differs, or the address if no UID is stated.</summary>
    Replaced = 2,

    /// <summary>New clients may be sent there now.</summary>
    Ready = 3,

    /// <summary>New clients may no longer be sent there.</summary>
    NotReady = 4,

    /// <summary>The pod is terminating.</summary>
    Draining = 5,

    /// <summary>The same process, with another address, port, node or zone.</summary>
    Updated = 6,

    /// <summary>An operator has cordoned the pod: new clients are no longer sent there.</summary>
    Cordoned = 7,
}
