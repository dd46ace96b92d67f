namespace Berth;

/// <summary>The kind of change of a pod between two snapshots.</summary>
public enum PodChangeKind
{
    /// <summary>It was not there.</summary>
    Joined = 0,

    /// <summary>It is no longer there.</summary>
    Left = 1,

    /// <summary>Another process has its name: the UID differs, or, where none is stated, the address.</summary>
    Replaced = 2,

    /// <summary>New clients may be sent there now.</summary>
    Ready = 3,

    /// <summary>New clients may no longer be sent there.</summary>
    NotReady = 4,

    /// <summary>It is terminating.</summary>
    Draining = 5,

    /// <summary>The same process, with another address, port, node or zone.</summary>
    Updated = 6,

    /// <summary>An operator has cordoned it: new clients are no longer sent there.</summary>
    Cordoned = 7,
}
