using System.Net;
using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns.Discovery;

/// <summary>Reads all of one Service from DNS, once: its addresses, the names of its pods, and the addresses of each.</summary>
internal sealed class ServiceReader(ServiceNames names, DnsEndpointSourceOptions options, DnsResolver resolver)
{
    private readonly KnownAddresses _known = new();
    private bool _read;

    public ServiceTarget Target => names.Target;

    public string StatefulSet => names.StatefulSet;

    /// <exception cref="EndpointSourceException">What is needed to tell who is there was not answered; nothing is known that was not before.</exception>
    public async Task<ServiceState> ReadAsync(CancellationToken cancellationToken)
    {
        Questions questions = new(resolver, options.MaxParallelQueries, cancellationToken);
        DnsRecordType[] wanted = options.Families switch
        {
            DnsAddressFamilies.IPv4Only => [DnsRecordType.A],
            DnsAddressFamilies.IPv6Only => [DnsRecordType.Aaaa],
            _ => [DnsRecordType.A, DnsRecordType.Aaaa],
        };
        DnsAnswer[] answers = await questions.ForAllAsync(wanted, type => questions.AskAsync(names.Service, type)).ConfigureAwait(false);
        DnsRecordType[] families = [.. wanted.Where((_, i) => answers[i].Records.Count > 0)];
        ServiceState state = families.Length == 0 && answers.Any(static a => !a.NameExists)
            ? new ServiceState { Ttl = questions.Ttl }
            : await ReadPodsAsync(questions, families, [.. answers.SelectMany(static a => a.Records).Select(static r => r.Address!)]).ConfigureAwait(false);
        // A first answer with a hole would be taken for the whole. Later ones have what was known before in its place.
        if (state.Failure is not null && !_read)
            throw state.Failure;
        _known.Keep(state.Pods);
        _read = true;
        return state;
    }

    private async Task<ServiceState> ReadPodsAsync(Questions questions, DnsRecordType[] families, HashSet<IPAddress> addresses)
    {
        PodAddressLookup lookup = new(names, questions, families, _known);
        SrvPods srv = await SrvPods.AskAsync(names, options.ServicePorts, questions).ConfigureAwait(false);
        if (srv.Count > options.MaxPods)
            throw new EndpointSourceException($"{names.Target} has {srv.Count} pods in DNS, more than {options.MaxPods}. Raise MaxPods if that is right.");
        if (srv.IsEmpty && addresses.Count > 0)
        {
            OrdinalSearch search = new(names, options, lookup, questions, _known);
            (IReadOnlyList<NamedPod> found, EndpointSourceException? failure) = await search.RunAsync().ConfigureAwait(false);
            return new ServiceState { Pods = found, Addresses = addresses, SearchedByOrdinal = true, Ttl = questions.Ttl, Failure = failure };
        }

        ILookup<(string, DnsRecordType), DnsRecord> glue = srv.Glue;
        NamedPod[] pods = await questions.ForAllAsync(srv.Pods, pod => lookup.FindAsync(pod, glue)).ConfigureAwait(false);
        return new ServiceState
        {
            Pods = pods,
            Addresses = addresses,
            ForeignTargets = srv.Foreign,
            Ttl = questions.Ttl,
            Failure = pods.Select(static p => p.Failure).FirstOrDefault(static f => f is not null),
        };
    }
}
