using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Dns.Discovery;
using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns;

/// <summary>
/// Reads endpoints of headless Services from DNS only, for clients that can resolve names but have no access to the Kubernetes API. SRV
/// records name the pods; without SRV records the pods are those whose own names exist. Their ports follow from their ordinals.
/// </summary>
/// <remarks>
/// DNS states ready pods only, and neither UIDs, nodes nor zones. Of a Service with <c>publishNotReadyAddresses</c> it states every pod,
/// also one that has not started, has ended or is lost, and nothing in it tells them apart: use another Service. Names and records follow
/// <see href="https://github.com/kubernetes/dns/blob/master/docs/specification.md">Kubernetes DNS-Based Service Discovery</see>, 1.1.0.
/// </remarks>
public sealed class DnsEndpointSource : IEndpointSource, IAsyncDisposable
{
    /// <summary>The name of the meter when none is given.</summary>
    public const string MeterName = "Berth.Dns";

    private readonly DnsEndpointSourceOptions _options;
    private readonly Meter _meter;
    private readonly DnsResolver _resolver;
    private bool _disposed;

    /// <summary>Creates a source. It asks no server before a stream is read.</summary>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public DnsEndpointSource(DnsEndpointSourceOptions? options = null)
    {
        _options = options ?? new DnsEndpointSourceOptions();
        OptionFaults.Throw(_options.FindFaults(), nameof(options));
        _meter = _options.Meter ?? new Meter(MeterName);
        DnsExchange exchange = new(_options.TimeProvider, _options.Timeout, new DnsCounter(_meter));
        _resolver = new DnsResolver(new DnsServers(_options.Servers, _options.ResolvConf), exchange, _options.Tries);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The scheme takes its bases from the Service's ports but <see cref="DnsEndpointSourceOptions.ServicePorts"/> is empty, or a name is
    /// too long for DNS.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The source is disposed.</exception>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (ports.NeedsServicePorts && _options.ServicePorts.Count == 0)
        {
            throw new ArgumentException(
                $"{target} takes its base ports from the Service, and DNS only states ports that are asked for by name. " +
                "Name them in ServicePorts, or give a base port.",
                nameof(ports));
        }

        ServiceNames names = new(target, _options);
        // The longest name that a reading asks for: a host label has at most 63 octets.
        if (!DnsNames.IsAskable($"{new string('x', 63)}.{names.Service}"))
        {
            throw new ArgumentException(
                $"The names of the pods of {target} in {_options.ClusterDomain} would be longer than DNS allows. Check the names.",
                nameof(target));
        }

        ServiceReader reader = new(names, _options, _resolver, ports.NeedsServicePorts);
        return new DnsEndpointStream(_options, reader, new SnapshotAssembler(target, ports, _options.AddressFamilies));
    }

    /// <summary>Disposes the source, and its meter if the source created it. Dispose the streams first.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_options.Meter is null)
            _meter.Dispose();
        return ValueTask.CompletedTask;
    }
}
