using System.Diagnostics.CodeAnalysis;
using Berth.Targets;

namespace Berth;

/// <summary>
/// The identity of this pod, from which it finds its own port. The second of the two functions is <see cref="GetPort(int)"/>.
/// </summary>
/// <remarks>
/// The name comes from the downward API (<c>POD_NAME</c> from fieldRef metadata.name, <c>POD_NAMESPACE</c> from metadata.namespace), never
/// from HOSTNAME: on the host network that is the node's name.
/// </remarks>
public sealed class PodIdentity
{
    /// <summary>The variable that carries the pod's name.</summary>
    public const string NameVariable = "POD_NAME";

    /// <summary>The variable that carries the pod's namespace.</summary>
    public const string NamespaceVariable = "POD_NAMESPACE";

    private readonly string? _noOrdinalReason;

    private PodIdentity(string name, string? @namespace)
    {
        Name = name;
        Namespace = @namespace;
        if (PodOrdinal.TryParse(name, out int ordinal, out _noOrdinalReason))
            Ordinal = ordinal;
    }

    /// <summary>The pod's name, such as <c>service-b-2</c>.</summary>
    public string Name { get; }

    /// <summary>The pod's namespace, or null when it was not given.</summary>
    public string? Namespace { get; }

    /// <summary>The pod's ordinal, 0 or more, or null when its name has none (a Deployment's or DaemonSet's pod).</summary>
    public int? Ordinal { get; }

    /// <summary>Reads POD_NAME and POD_NAMESPACE from the process's environment.</summary>
    /// <exception cref="PodIdentityException">POD_NAME is missing or is no pod name.</exception>
    // Only this function of the library reads the environment. All others receive it as a parameter.
    [SuppressMessage("ApiDesign", "RS0030", Justification = "Reading the environment is what this function is for.")]
    public static PodIdentity FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Reads POD_NAME and POD_NAMESPACE from an environment that the caller passes in.</summary>
    /// <param name="getVariable">Gives a variable's value, or null when it is not set.</param>
    /// <exception cref="PodIdentityException">POD_NAME is missing or is no pod name.</exception>
    public static PodIdentity FromEnvironment(Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        string? name = getVariable(NameVariable);
        if (string.IsNullOrWhiteSpace(name))
            throw new PodIdentityException($"{NameVariable} is not set. Add it to the pod template from fieldRef metadata.name.");
        return FromName(name, getVariable(NamespaceVariable) is { Length: > 0 } ns ? ns : null);
    }

    /// <summary>Creates the identity of a pod with a known name.</summary>
    /// <param name="name">The pod's name: an RFC 1123 subdomain of at most 253 characters.</param>
    /// <param name="namespace">The pod's namespace, or null.</param>
    /// <exception cref="PodIdentityException">The name or the namespace is not one that Kubernetes would give.</exception>
    public static PodIdentity FromName(string name, string? @namespace = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Dns1123.FaultOfSubdomain(name) is { } fault)
            throw new PodIdentityException($"{NameVariable} is '{name}', which {fault}. Set it from fieldRef metadata.name.");
        if (@namespace is not null && Dns1123.FaultOfLabel(@namespace) is { } namespaceFault)
            throw new PodIdentityException(
                $"{NamespaceVariable} is '{@namespace}', which {namespaceFault}. Set it from fieldRef metadata.namespace.");
        return new PodIdentity(name, @namespace);
    }

    /// <summary>This pod's port: base + ordinal.</summary>
    /// <param name="portBase">The port of ordinal 0, 1 to 65535.</param>
    /// <exception cref="PodIdentityException">The name has no ordinal, or the port would be above 65535.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The base is outside its range.</exception>
    public int GetPort(int portBase) => GetPort(portBase, 1);

    /// <summary>This pod's port: base + ordinal x stride.</summary>
    /// <param name="portBase">The port of ordinal 0, 1 to 65535.</param>
    /// <param name="stride">The distance of ports between two ordinals, 1 to 65535.</param>
    /// <exception cref="PodIdentityException">The name has no ordinal, or the port would be above 65535.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public int GetPort(int portBase, int stride) => GetPorts(PortScheme.PerOrdinal(portBase, stride))[0].Number;

    /// <summary>All ports of this pod under a scheme that does not need the Service.</summary>
    /// <returns>At least one port, the main one first.</returns>
    /// <exception cref="PodIdentityException">No port follows from this pod's name; the message says why.</exception>
    /// <exception cref="ArgumentException">The scheme takes its bases from the Service, which a pod's name does not tell.</exception>
    public IReadOnlyList<EndpointPort> GetPorts(PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        if (ports.NeedsServicePorts)
            throw new ArgumentException(
                "A pod cannot know its Service's ports from its own name. Give the base port itself.", nameof(ports));
        if (ports.NeedsOrdinal && Ordinal is null)
            throw new PodIdentityException($"This pod has no port: {_noOrdinalReason}. Only a StatefulSet's pods have ordinals; check " +
                $"{NameVariable}, or use a fixed port.");
        return ports.TryResolve(Ordinal, [], out IReadOnlyList<EndpointPort> resolved, out string? reason)
            ? resolved
            : throw new PodIdentityException($"Pod '{Name}' has no port: {reason}. Choose a lower base or stride, or fewer replicas.");
    }

    /// <summary>The pod's name, with its namespace where that is known.</summary>
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
