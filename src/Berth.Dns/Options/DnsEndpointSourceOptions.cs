using System.Diagnostics.Metrics;
using System.Net;
using Berth.Checks;
using Berth.Dns.Messages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dns;

/// <summary>The options of a <see cref="DnsEndpointSource"/>. The defaults are right inside a cluster.</summary>
public sealed class DnsEndpointSourceOptions
{
    private const int MaxPortNameLength = 15;

    /// <summary>
    /// The DNS servers, asked in this order, except that the one that answered last is asked first. Default: none, which uses those of
    /// <see cref="ResolvConf"/>.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>
    /// The file that names the servers when <see cref="Servers"/> is empty, in the form of resolv.conf(5). The first three
    /// <c>nameserver</c> lines count. Default: <c>/etc/resolv.conf</c>. Not empty when there are no servers.
    /// </summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The cluster's domain: a DNS name without a dot at either end. Default: <c>cluster.local</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>
    /// The Service's named ports whose SRV records name the pods, each once. Default: none, which asks for the SRV records of the Service
    /// itself. CoreDNS and kube-dns have these, but the specification does not require them. A port scheme that takes its bases from the
    /// Service needs port names here.
    /// </summary>
    public IReadOnlyList<DnsServicePort> ServicePorts { get; init; } = [];

    /// <summary>
    /// Returns the name of the StatefulSet of a Service without SRV records. Its pods are then searched one by one, as <c>NAME-0</c>,
    /// <c>NAME-1</c> and so on. Default: the Service's own name.
    /// </summary>
    public Func<ServiceTarget, string> StatefulSetName { get; init; } = static target => target.Service;

    /// <summary>The first ordinal of the search when there are no SRV records (<c>spec.ordinals.start</c>). Default 0; 0 or more.</summary>
    public int FirstOrdinal { get; init; }

    /// <summary>
    /// The number of missing ordinals in a row after which the search ends. Default 16; 1 to 1,000. DNS does not have unready pods, so a
    /// set whose first 16 pods are all unready looks empty.
    /// </summary>
    public int OrdinalGap { get; init; } = 16;

    /// <summary>The IP families to ask for, and their order. Default: <see cref="AddressFamilies.IPv4ThenIPv6"/>.</summary>
    public AddressFamilies AddressFamilies { get; init; } = AddressFamilies.IPv4ThenIPv6;

    /// <summary>The minimum time for which an answer is valid, even with a lower TTL. Default 1 s; above 0 and up to 1 day.</summary>
    public TimeSpan MinTtl { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The maximum time for which an answer is valid, even with a higher TTL. Default 30 s; <see cref="MinTtl"/> to 1 day.
    /// </summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time that one server has to answer over UDP, and again over TCP. Default 2 s; above 0 and up to 1 minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The number of attempts at each server before a question fails. Default 2; 1 to 10.</summary>
    public int Tries { get; init; } = 2;

    /// <summary>The number of questions at the same time for one target. Default 16; 1 to 256.</summary>
    public int MaxParallelQueries { get; init; } = 16;

    /// <summary>The limit of pods per target; more are an error. Default 10,000; 1 or more.</summary>
    public int MaxPods { get; init; } = 10_000;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter; it must be safe for several threads. Default: null, for the runtime's shared one.</summary>
    public Random? Random { get; init; }

    /// <summary>Creates the logger <c>Berth.Dns</c>, which reports how pods are found. Default: logs nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The meter of <c>berth.dns.queries</c>. Default: null, which creates a meter named <c>Berth.Dns</c>.</summary>
    public Meter? Meter { get; init; }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        CheckNames(faults);
        faults.CheckDefined(AddressFamilies, nameof(AddressFamilies));
        faults.CheckAboveZero(MinTtl, TimeSpan.FromDays(1), nameof(MinTtl));
        faults.CheckRange(MaxTtl, MinTtl, TimeSpan.FromDays(1), nameof(MaxTtl));
        faults.CheckAboveZero(Timeout, TimeSpan.FromMinutes(1), nameof(Timeout));
        faults.CheckRange(FirstOrdinal, 0, int.MaxValue, nameof(FirstOrdinal));
        faults.CheckRange(OrdinalGap, 1, 1000, nameof(OrdinalGap));
        faults.CheckRange(Tries, 1, 10, nameof(Tries));
        faults.CheckRange(MaxParallelQueries, 1, 256, nameof(MaxParallelQueries));
        faults.CheckRange(MaxPods, 1, int.MaxValue, nameof(MaxPods));
        faults.CheckGiven(StatefulSetName, nameof(StatefulSetName));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }

    private void CheckNames(OptionFaults faults)
    {
        faults.Check(
            ClusterDomain is not null && DnsNames.IsAskable(ClusterDomain),
            $"The cluster domain '{ClusterDomain}' is not a DNS name. Write it as in cluster.local, without a dot at either end.");
        faults.CheckGiven(Servers, nameof(Servers));
        faults.Check(
            Servers is { Count: > 0 } || !string.IsNullOrEmpty(ResolvConf),
            "Neither DNS servers nor a file that names them is given. Give one of both.");
        faults.CheckGiven(ServicePorts, nameof(ServicePorts));
        foreach (DnsServicePort port in ServicePorts ?? [])
        {
            faults.Check(
                port.Name is { Length: <= MaxPortNameLength } && DnsNames.IsHostLabel(port.Name),
                $"The port name '{port.Name}' is not one Kubernetes allows (1 to 15 of a-z, 0-9 and '-'). " +
                "Give the name the Service has for the port.");
            faults.Check(
                port.Protocol is "TCP" or "UDP" or "SCTP",
                $"The protocol '{port.Protocol}' of port '{port.Name}' is not TCP, UDP or SCTP. Write it in capitals, as Kubernetes does.");
        }

        faults.Check(
            ServicePorts is null || ServicePorts.Distinct().Count() == ServicePorts.Count,
            "A service port is given twice. Name each once.");
    }
}
