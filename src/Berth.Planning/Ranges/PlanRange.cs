namespace Berth.Planning;

/// <summary>A closed range of ports.</summary>
/// <param name="First">The first port.</param>
/// <param name="Last">The last port.</param>
public readonly record struct PlanRange(int First, int Last)
{
    /// <summary>The default NodePort range of an API server (<c>--service-node-port-range</c>).</summary>
    public static PlanRange NodePorts { get; } = new(30000, 32767);

    /// <summary>The default ephemeral range of Linux (<c>net.ipv4.ip_local_port_range</c>).</summary>
    public static PlanRange Ephemeral { get; } = new(32768, 60999);

    /// <summary>Returns <c>30000..32767</c>, or the port alone when it is one.</summary>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{First}..{Last}");
}
