using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Berth.Ports;

namespace Berth;

/// <summary>The rule that computes the ports of a pod. Immutable; two schemes are equal when they compute the same ports.</summary>
/// <remarks>
/// The rule of Berth is <c>port = base + ordinal x stride</c>. The ports of a Service or an EndpointSlice are used only as bases, because
/// they follow the Service, not the ordinal.
/// </remarks>
public abstract class PortScheme : IEquatable<PortScheme>
{
    private static readonly ConcurrentDictionary<int, PortScheme> s_single = new();

    private protected PortScheme()
    {
    }

    /// <summary>True when a pod without an ordinal has no port with this scheme.</summary>
    public abstract bool NeedsOrdinal { get; }

    /// <summary>True when the ports of the Service are needed, so that a pod's name alone gives no port.</summary>
    public virtual bool NeedsServicePorts => false;

    /// <summary>Creates a scheme with one port per pod: base + ordinal.</summary>
    /// <param name="basePort">The port of ordinal 0, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The base is outside its range.</exception>
    public static PortScheme PerOrdinal(int basePort) =>
        s_single.TryGetValue(basePort, out PortScheme? known) ? known : s_single.GetOrAdd(basePort, static b => PerOrdinal(b, 1));

    /// <summary>Creates a scheme with one port per pod: base + ordinal x stride.</summary>
    /// <param name="basePort">The port of ordinal 0, 1 to 65535.</param>
    /// <param name="stride">The distance of ports between two ordinals, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static PortScheme PerOrdinal(int basePort, int stride) =>
        new PerOrdinalPortScheme(
            [new EndpointPort("", PortRange.CheckBase(basePort, nameof(basePort)))], PortRange.CheckStride(stride, nameof(stride)));

    /// <summary>
    /// Creates a scheme with several named ports per pod: each base + ordinal x stride. The first is the pod's main port.
    /// </summary>
    /// <param name="basePorts">The bases, at least one, with distinct names.</param>
    /// <param name="stride">The distance of ports between two ordinals, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    /// <exception cref="ArgumentException">There is no base, or two have one name, or two can meet on one port of one pod.</exception>
    public static PortScheme PerOrdinal(IReadOnlyList<EndpointPort> basePorts, int stride = 1)
    {
        ArgumentNullException.ThrowIfNull(basePorts);
        return new PerOrdinalPortScheme(CheckBases(basePorts), PortRange.CheckStride(stride, nameof(stride)));
    }

    /// <summary>
    /// Creates a scheme whose bases are the Service's own ports: each + ordinal x stride. EndpointSlices state them as the
    /// <c>targetPort</c>.
    /// </summary>
    /// <remarks>
    /// If a <c>targetPort</c> is a name, a slice has that port only if its pods declare a container port of that name. Pods of other slices
    /// are left out.
    /// </remarks>
    /// <param name="portName">
    /// The name of the wanted port, or null for all ports. The first port of the Service is then the main one.
    /// </param>
    /// <param name="stride">The distance of ports between two ordinals, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The stride is outside its range.</exception>
    public static PortScheme FromService(string? portName = null, int stride = 1) =>
        new ServicePortScheme(portName, PortRange.CheckStride(stride, nameof(stride)));

    /// <summary>Creates a scheme with the same port for every pod with any name, for one pod per node, as in a DaemonSet.</summary>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is outside its range.</exception>
    public static PortScheme Fixed(int port) => new FixedPortScheme([new EndpointPort("", PortRange.CheckBase(port, nameof(port)))]);

    /// <summary>Creates a scheme with the same named ports for every pod with any name. The first is the pod's main port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A port is outside its range.</exception>
    /// <exception cref="ArgumentException">There is no port, or two have one name.</exception>
    public static PortScheme Fixed(IReadOnlyList<EndpointPort> ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return new FixedPortScheme(CheckBases(ports));
    }

    /// <summary>Computes a pod's ports.</summary>
    /// <param name="ordinal">The pod's ordinal, or null when its name has none.</param>
    /// <param name="servicePorts">The Service's own ports; only <see cref="FromService"/> reads them.</param>
    /// <param name="ports">The pod's ports, at least one, the main one first; empty on failure.</param>
    /// <param name="reason">On failure, the reason why the pod has no port: a clause without a full stop.</param>
    public abstract bool TryResolve(
        int? ordinal, IReadOnlyList<EndpointPort> servicePorts, out IReadOnlyList<EndpointPort> ports,
        [NotNullWhen(false)] out string? reason);

    /// <summary>The rule for pods of a Service with these ports, or null when they have none.</summary>
    internal abstract PortRule? RuleFor(IReadOnlyList<EndpointPort> servicePorts);

    /// <inheritdoc/>
    public abstract bool Equals(PortScheme? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => obj is PortScheme other && Equals(other);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    private static EndpointPort[] CheckBases(IReadOnlyList<EndpointPort> bases)
    {
        if (bases.Count == 0)
            throw new ArgumentException("A port scheme needs at least one base port. Give one, such as 3000.", nameof(bases));
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (EndpointPort port in bases)
        {
            PortRange.CheckBase(port.Number, nameof(bases));
            if (!names.Add(port.Name ?? ""))
                throw new ArgumentException($"Two base ports are named '{port.Name}'. Give each its own name.", nameof(bases));
        }

        return [.. bases.Select(static b => b with { Name = b.Name ?? "" })];
    }
}
