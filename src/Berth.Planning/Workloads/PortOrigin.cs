namespace Berth.Planning.Workloads;

/// <summary>The kind of statement that a workload's ports are taken from. The first existing one counts.</summary>
internal enum PortOrigin
{
    /// <summary>Nothing states them.</summary>
    None = 0,

    /// <summary>The option <c>--ports</c> of the check.</summary>
    Option = 1,

    /// <summary>The annotations <c>berth/base-port</c>, <c>berth/fixed-port</c> and <c>berth/stride</c>.</summary>
    Annotation = 2,

    /// <summary>The arguments and variables of its containers.</summary>
    Container = 3,

    /// <summary>A dispatcher of the input that has the set's Service as its target.</summary>
    Dispatcher = 4,

    /// <summary>The targetPort of the set's own Service.</summary>
    Service = 5,

    /// <summary>Declared container ports.</summary>
    Declared = 6,
}
