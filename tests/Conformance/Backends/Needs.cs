namespace Berth.Conformance.Backends;

/// <summary>The needs of a test besides an API.</summary>
[Flags]
internal enum Needs
{
    None = 0,

    /// <summary>A server of its own, because the test does to it what others would notice.</summary>
    OwnServer = 1,

    /// <summary>Pods that take their time to end.</summary>
    Processes = 2,

    /// <summary>Several hundred pods.</summary>
    ManyPods = 4,
}
