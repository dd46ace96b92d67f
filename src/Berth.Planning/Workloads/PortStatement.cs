using Berth.Ports;

namespace Berth.Planning.Workloads;

/// <summary>A statement about the ports of a workload.</summary>
/// <param name="Ports">The ports.</param>
/// <param name="Source">Its source, as in <c>BERTH_BASE_PORT of container game</c>.</param>
/// <param name="Location">The file and line of it.</param>
/// <param name="Origin">The kind of its source.</param>
internal sealed record PortStatement(IReadOnlyList<StatedPort> Ports, string Source, PlanLocation Location, PortOrigin Origin)
{
    /// <summary>True when the ports of a pod follow from its ordinal.</summary>
    public bool IsPerOrdinal => Ports.Any(static port => port.Stride > 0);

    /// <summary>
    /// True unless each states a port that the other does not. A dispatcher may know only some of the ports. Names and protocols do not
    /// count.
    /// </summary>
    public bool AgreesWith(PortStatement other)
    {
        (int, int)[] own = [.. Ports.Select(static port => (port.Number, port.Stride))];
        (int, int)[] others = [.. other.Ports.Select(static port => (port.Number, port.Stride))];
        return !own.Except(others).Any() || !others.Except(own).Any();
    }

    /// <summary>Reads <c>3000</c>, <c>game=4000,admin=5000/TCP</c> and the like.</summary>
    /// <returns>The ports, or null with a sentence.</returns>
    public static IReadOnlyList<StatedPort>? Parse(string text, int stride, out string? fault)
    {
        EndpointPort[]? ports = PortBases.Parse(text, out fault);
        if (ports is null)
            return null;
        string[] parts = text.Split(',');
        return
        [
            .. ports.Select((port, index) => new StatedPort(
                port.Name, port.Number, parts[index].Contains('/', StringComparison.Ordinal) ? port.Protocol : null, stride)),
        ];
    }

    /// <summary>Returns <c>game=4000 + ordinal x 10, admin=5000 + ordinal</c>.</summary>
    public override string ToString() => string.Join(", ", Ports.Select(static port => string.Create(
        CultureInfo.InvariantCulture,
        $"{(port.Name.Length > 0 ? port.Name + "=" : "")}{port.Number}{(port.Protocol is null ? "" : "/" + port.Protocol)}" +
        $"{(port.Stride == 0 ? "" : port.Stride == 1 ? " + ordinal" : $" + ordinal x {port.Stride}")}")));
}
