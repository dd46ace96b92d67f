using System.Net;
using Berth.Dns.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dns;

/// <summary>The options of a <see cref="DnsEndpointSource"/>. Every value has a default that is right inside a cluster.</summary>
public sealed class DnsEndpointSourceOptions
{
    /// <summary>
    /// The DNS servers, asked in this order; the one that answered last is asked first. Default: none, which takes those of
    /// <see cref="ResolvConf"/>.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>
    /// The file that names the servers where none are given, in the form of resolv.conf(5). Default <c>/etc/resolv.conf</c>. Only its first
    /// three <c>nameserver</c> lines are read.
    /// </summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The cluster's domain. Default <c>cluster.local</c>.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>
    /// The Service's named ports whose SRV records name the pods. Default: none, which asks for the SRV records of the Service itself;
    /// CoreDNS and kube-dns have them, the specification does not require them. A port scheme that takes its bases from the Service needs
    /// the ports named here.
    /// </summary>
    public IReadOnlyList<DnsServicePort> ServicePorts { get; init; } = [];

    /// <summary>
    /// The name of the StatefulSet behind a Service, for Services that have no SRV records: its pods are then looked for one by one, as
    /// <c>NAME-0</c>,
    /// <c>NAME-1</c> and so on. Default: the Service's own name.
    /// </summary>
    public Func<ServiceTarget, string> StatefulSetName { get; init; } = static target => target.Service;

    /// <summary>
    /// The first ordinal that is looked for where there are no SRV records (<c>spec.ordinals.start</c>). Default 0; 0 or more.
    /// </summary>
    public int FirstOrdinal { get; init; }

    /// <summary>
    /// How many ordinals in a row may be missing before the search for pods one by one ends. Default 16; 1 to 1,000. A pod that is not
    /// ready is missing in DNS, so a set whose first 16 pods are all unready looks as if it ended there.
    /// </summary>
    public int OrdinalGap { get; init; } = 16;

    /// <summary>Which addresses are asked for. Default <see cref="DnsAddressFamilies.IPv4ThenIPv6"/>.</summary>
    public DnsAddressFamilies Families { get; init; }

    /// <summary>An answer with a lower TTL is believed this long all the same. Default 1 s; above 0.</summary>
    public TimeSpan MinTtl { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// An answer with a higher TTL is believed no longer than this. Default 30 s; at least <see cref="MinTtl"/>, at most a day.
    /// </summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time limit for one server over UDP, and again over TCP. Default 2 s; above 0, at most a minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The number of times that each server is asked before a question fails. Default 2; 1 to 10.</summary>
    public int Tries { get; init; } = 2;

    /// <summary>The number of questions at the same time for one target. Default 16; 1 to 256.</summary>
    public int MaxParallelQueries { get; init; } = 16;

    /// <summary>The most pods of one target; more are an error. Default 10,000; 1 or more.</summary>
    public int MaxPods { get; init; } = 10_000;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter; must be safe for several threads. Default: the runtime's shared one.</summary>
    public Random? Random { get; init; }

    /// <summary>The log of the source. Default: none.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <exception cref="ArgumentException">Values are outside their ranges; one message names all of them.</exception>
    internal void Validate()
    {
        string[] faults = [.. DnsOptionFaults.Find(this)];
        if (faults.Length > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
