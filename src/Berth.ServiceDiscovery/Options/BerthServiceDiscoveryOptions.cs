using Berth.Checks;
using Berth.ServiceDiscovery.Names;

namespace Berth.ServiceDiscovery;

/// <summary>
/// The names that Berth answers for, and how. All other names are left to the other providers. Every value has a default, and nothing has
/// to be mapped: names with the suffix, and the names of registered views, are answered as well.
/// </summary>
public sealed class BerthServiceDiscoveryOptions
{
    private readonly Dictionary<string, MappedName> _mapped = new(StringComparer.Ordinal);
    private bool _isInUse;

    /// <summary>
    /// The suffix of names that state their target: <c>service-b.k8s-example2.berth</c> is a Service, and
    /// <c>service-b-2.service-b.k8s-example2.berth</c> is one pod. Default: <c>berth</c>. Null for no such names. Lower case, without a dot
    /// at either end.
    /// </summary>
    public string? Suffix { get; set; } = "berth";

    /// <summary>
    /// The port scheme of a name with the suffix whose target is not mapped, no registered view has it, and the name has no port. Default:
    /// <see cref="PortScheme.FromService"/>, which takes the bases from the Service. A port in the name is the base port.
    /// </summary>
    public PortScheme DefaultPorts { get; set; } = PortScheme.FromService();

    /// <summary>
    /// The scheme of the pods' URLs, <c>http</c> or <c>https</c>, where it is known. Default: null, which keeps the scheme of the request;
    /// for <c>https+http</c> that is https, because nothing falls back to http after a failure.
    /// </summary>
    public string? Scheme { get; set; }

    /// <summary>
    /// Returns the host name of a pod, which becomes the <c>Host</c> header and the name on its certificate. Default: null, for the address
    /// of the pod. The first pod's name stays in the request when a resilience handler sends it again to another pod.
    /// </summary>
    public Func<PodEndpoint, string>? HostName { get; set; }

    /// <summary>
    /// The outcome for a name without an available pod. Default: false, which throws <see cref="NoEndpointException"/>. True gives an empty
    /// list: the providers after this one are then asked, and the pass-through provider dials the bare name through DNS.
    /// </summary>
    public bool AddNothingWhenEmpty { get; set; }

    /// <summary>
    /// The source of the random rotation of lists; it must be safe for several threads. Default: null, for the runtime's shared one.
    /// </summary>
    public Random? Random { get; set; }

    /// <summary>The clock. It times only when a stale list becomes too old to be served. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal IReadOnlyDictionary<string, MappedName> Mapped => _mapped;

    /// <summary>
    /// Maps a name to a Service, in the registered <see cref="EndpointDirectory"/>: <c>http://game/</c> then reaches its pods.
    /// </summary>
    /// <param name="name">The host name in URLs: lower case, without a dot at the end.</param>
    /// <param name="target">The Service.</param>
    /// <param name="ports">How the ports of its pods are computed.</param>
    /// <returns>The same options, for further calls.</returns>
    /// <exception cref="ArgumentException">The name is not a host name, or is mapped already, or the target names no Service.</exception>
    /// <exception cref="InvalidOperationException">The first name has been resolved, so that no name can be added now.</exception>
    public BerthServiceDiscoveryOptions Map(string name, ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(ports);
        if (target == default)
            throw new ArgumentException($"The target of '{name}' names no Service. Make it with a namespace and a name.", nameof(target));
        if (HostNames.FaultOf(name) is { } fault)
            throw new ArgumentException($"The name '{name}' cannot be mapped to {target}: it {fault}.", nameof(name));
        if (_isInUse)
        {
            throw new InvalidOperationException(
                $"The name '{name}' cannot be mapped to {target} any longer, because names are already resolved. Map it when services " +
                "are registered.");
        }

        if (_mapped.TryGetValue(name, out MappedName? before))
            throw new ArgumentException($"The name '{name}' is mapped to {before.Target} and to {target}. Map it once.", nameof(name));
        _mapped.Add(name, new MappedName(target, ports));
        return this;
    }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        if (Suffix is not null && HostNames.FaultOf(Suffix) is { } fault)
            faults.Check(false, $"Suffix is '{Suffix}', which {fault}. Give one as in berth, or null for none.");
        faults.Check(Scheme is null or "http" or "https", $"Scheme is '{Scheme}'. Give http or https, or null for that of the request.");
        faults.CheckGiven(DefaultPorts, nameof(DefaultPorts));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        return faults.Found;
    }

    /// <summary>Refuses further names from now on: providers that exist would not see them.</summary>
    internal void Close() => _isInUse = true;
}
