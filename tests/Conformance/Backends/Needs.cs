namespace Berth.Conformance.Backends;

/// <summary>The needs of a test besides an API.</summary>
[Flags]
internal enum Needs
{
    None = 0,

    /// <summary>A separate server, because the test affects all clients of the server.</summary>
    OwnServer = 1,

    /// <summary>Pods that take their time to end.</summary>
    Processes = 2,

    /// <summary>Several hundred pods.</summary>
    ManyPods = 4,
}
