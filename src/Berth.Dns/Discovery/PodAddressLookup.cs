using System.Net;
using Berth.Dns.Messages;

namespace Berth.Dns.Discovery;

/// <summary>
/// Finds the addresses of pods by their own names. Uses the additional records of the SRV answers when they have the addresses.
/// </summary>
/// <param name="names">The Service's names.</param>
/// <param name="questions">This reading's questions.</param>
/// <param name="families">The families of the Service's addresses. A family that no pod has is not asked for each pod.</param>
/// <param name="known">The last addresses of each pod.</param>
internal sealed class PodAddressLookup(ServiceNames names, Questions questions, IReadOnlyList<DnsRecordType> families, KnownAddresses known)
{
    /// <param name="pod">The pod.</param>
    /// <param name="glue">The additional records of the SRV answers, by owner and type.</param>
    public async Task<NamedPod> FindAsync(NamedPod pod, ILookup<(string Name, DnsRecordType Type), DnsRecord> glue)
    {
        List<IPAddress> addresses = [];
        EndpointSourceException? failure = null;
        string name = names.OfPod(pod.Host);
        foreach (DnsRecordType family in families)
        {
            DnsRecord[] along = [.. glue[(name, family)]];
            (IReadOnlyList<IPAddress> found, EndpointSourceException? fault) = along.Length > 0
                ? (along.Select(static r => r.Address!).ToArray(), null)
                : await questions.TryAskAddressesAsync(name, family).ConfigureAwait(false);
            foreach (DnsRecord record in along)
                questions.Believe(TimeSpan.FromSeconds(record.Ttl));
            if (fault is null)
                known.Remember(pod.Host, family, found);
            addresses.AddRange(fault is null ? found : known.Find(pod.Host, family));
            failure ??= fault;
        }

        return pod with { Addresses = addresses, Failure = failure };
    }
}
