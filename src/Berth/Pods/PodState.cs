namespace Berth;

/// <summary>The state of a pod, for a client that wants to connect.</summary>
public enum PodState
{
    /// <summary>Ready and serving: new clients may be sent here.</summary>
    Ready = 0,

    /// <summary>Not ready, or not serving: no client should connect.</summary>
    NotReady = 1,

    /// <summary>Terminating, but still serving: sessions go on, new clients go elsewhere.</summary>
    Draining = 2,

    /// <summary>Terminating and no longer serving.</summary>
    Terminating = 3,

    /// <summary>Ready and serving, and cordoned by an operator: sessions go on, new clients go elsewhere.</summary>
    Cordoned = 4,
}
