using System.Diagnostics;
using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns.Discovery;

/// <summary>Reads one Service from DNS: its addresses, the names of its pods, and the addresses of each pod.</summary>
/// <param name="names">The Service's names.</param>
/// <param name="options">The source's options.</param>
/// <param name="resolver">The resolver of the questions.</param>
/// <param name="needsServicePorts">True when pods are unusable without the ports of SRV records.</param>
internal sealed class ServiceReader(ServiceNames names, DnsEndpointSourceOptions options, DnsResolver resolver, bool needsServicePorts)
{
    private readonly KnownAddresses _known = new();
    private readonly OptionalRecords _optional = new(options);
    private readonly HashSet<DnsRecordType> _families = [];
    private bool _read;

    public ServiceTarget Target => names.Target;

    public string StatefulSet => names.StatefulSet;

    /// <exception cref="EndpointSourceException">
    /// A question that is needed to find the pods was not answered. The last known state stays.
    /// </exception>
    public async Task<ServiceState> ReadAsync(CancellationToken cancellationToken)
    {
        using Activity? activity = ReadActivity.Start(names);
        try
        {
            ServiceState state = await ReadOnceAsync(cancellationToken).ConfigureAwait(false);
            ReadActivity.Ended(activity, state);
            return state;
        }
        catch (Exception exception)
        {
            ReadActivity.Failed(activity, exception);
            throw;
        }
    }

    private async Task<ServiceState> ReadOnceAsync(CancellationToken cancellationToken)
    {
        Questions questions = new(resolver, options.MaxParallelQueries, cancellationToken);
        ServiceAddresses addresses = await ServiceAddresses.AskAsync(
            names.Service, options.AddressFamilies, _optional, questions).ConfigureAwait(false);
        addresses.ThrowIfUnknown(_read, _families);
        ServiceState state = addresses.NameIsGone
            ? new ServiceState { Ttl = questions.Ttl }
            : await ReadPodsAsync(questions, addresses).ConfigureAwait(false);
        // Clients would take an incomplete first set for the complete one. Later readings fill their gaps with the last known data.
        if (state.Failure is not null && !_read)
            throw state.Failure;
        _known.Keep(state.Pods);
        _optional.Rest();
        _families.UnionWith(addresses.Families);
        _read = true;
        return state;
    }

    private async Task<ServiceState> ReadPodsAsync(Questions questions, ServiceAddresses addresses)
    {
        PodAddressLookup lookup = new(names, questions, addresses.Families, _known);
        SrvPods srv = await SrvPods.AskAsync(names, options.ServicePorts, _optional, questions).ConfigureAwait(false);
        if (srv.Failure is not null && needsServicePorts)
            throw srv.Failure;
        if (srv.Count > options.MaxPods)
            throw new EndpointSourceException(
                $"{names.Target} has {srv.Count} pods in DNS, more than {options.MaxPods}. Raise MaxPods if that is right.");
        if (srv.IsEmpty && addresses.All.Count > 0)
            return await SearchAsync(questions, addresses, lookup, srv.Failure).ConfigureAwait(false);

        ILookup<(string, DnsRecordType), DnsRecord> glue = srv.Glue;
        NamedPod[] pods = await questions.ForAllAsync(srv.Pods, pod => lookup.FindAsync(pod, glue)).ConfigureAwait(false);
        return new ServiceState
        {
            Pods = pods,
            Addresses = addresses.All,
            ForeignTargets = srv.Foreign,
            Unanswered = addresses.Unanswered,
            Ttl = questions.Ttl,
            Failure = pods.Select(static p => p.Failure).FirstOrDefault(static f => f is not null),
        };
    }

    private async Task<ServiceState> SearchAsync(
        Questions questions, ServiceAddresses addresses, PodAddressLookup lookup, EndpointSourceException? noSrv)
    {
        OrdinalSearch search = new(names, options, lookup, questions, _known);
        (IReadOnlyList<NamedPod> found, EndpointSourceException? failure) = await search.RunAsync().ConfigureAwait(false);
        if (noSrv is not null && failure is null && found.Count == 0)
            throw new EndpointSourceException(
                $"{noSrv.Message} DNS has none of {search.LookedFor}; if the StatefulSet has another name, give it as StatefulSetName.",
                noSrv);
        return new ServiceState
        {
            Pods = found,
            Addresses = addresses.All,
            SearchedFor = search.LookedFor,
            Unanswered = noSrv is null ? addresses.Unanswered : [.. addresses.Unanswered, noSrv.Message],
            Ttl = questions.Ttl,
            Failure = failure,
        };
    }
}
