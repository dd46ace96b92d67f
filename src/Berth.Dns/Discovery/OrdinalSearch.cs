using System.Globalization;
using Berth.Dns.Messages;

namespace Berth.Dns.Discovery;

/// <summary>
/// Searches for the pods of a StatefulSet one by one, when no SRV record names them. A pod exists if DNS has its name; no ordinal is
/// guessed. The search ends after a gap, but never before the highest ordinal of the last reading.
/// </summary>
internal sealed class OrdinalSearch(
    ServiceNames names, DnsEndpointSourceOptions options, PodAddressLookup lookup, Questions questions, KnownAddresses known)
{
    private static readonly ILookup<(string Name, DnsRecordType Type), DnsRecord> s_noGlue = Array.Empty<DnsRecord>().ToLookup(
        static r => (r.Name, r.Type));

    /// <summary>The names that were searched, such as <c>game-0 to game-15</c>.</summary>
    public string LookedFor { get; private set; } = $"{names.StatefulSet}-{options.FirstOrdinal}";

    /// <exception cref="EndpointSourceException">The server answers names that do not exist, or there are too many pods.</exception>
    public async Task<(IReadOnlyList<NamedPod> Pods, EndpointSourceException? Failure)> RunAsync()
    {
        await RefuseWildcardAsync().ConfigureAwait(false);
        List<NamedPod> found = [];
        EndpointSourceException? failure = null;
        int missing = 0;
        long next = options.FirstOrdinal;
        while (missing < options.OrdinalGap || next <= known.HighestOrdinal)
        {
            NamedPod[] batch = await AskBatchAsync(next).ConfigureAwait(false);
            next += batch.Length;
            foreach (NamedPod pod in batch)
            {
                failure ??= pod.Failure;
                missing = pod.Addresses.Count > 0 ? 0 : missing + 1;
                if (pod.Addresses.Count > 0)
                    found.Add(pod);
            }

            if (found.Count > options.MaxPods)
                throw new EndpointSourceException(
                    $"{names.Target} has more than {options.MaxPods} pods in DNS. Raise MaxPods if that is right.");
            LookedFor = string.Create(
                CultureInfo.InvariantCulture, $"{names.StatefulSet}-{options.FirstOrdinal} to {names.StatefulSet}-{next - 1}");
            if (batch.Length == 0 || next > int.MaxValue)
                break;
        }

        return (found, failure);
    }

    private Task<NamedPod[]> AskBatchAsync(long first)
    {
        long count = Math.Min(Math.Max(options.OrdinalGap, 1), int.MaxValue - first + 1);
        NamedPod[] candidates = [.. Enumerable.Range(0, (int)count)
            .Select(i => new NamedPod(string.Create(CultureInfo.InvariantCulture, $"{names.StatefulSet}-{first + i}"), []))
            .Where(static p => DnsNames.IsHostLabel(p.Host))];
        return questions.ForAllAsync(candidates, pod => lookup.FindAsync(pod, s_noGlue));
    }

    /// <summary>
    /// Refuses a server that answers any name. No StatefulSet creates an ordinal with a leading zero; a server that has such a name has
    /// every name, and the search would never end.
    /// </summary>
    private async Task RefuseWildcardAsync()
    {
        string impossible = $"{names.StatefulSet}-00";
        NamedPod answer = DnsNames.IsHostLabel(impossible)
            ? await lookup.FindAsync(new NamedPod(impossible, []), s_noGlue).ConfigureAwait(false)
            : new NamedPod(impossible, []);
        if (answer.Failure is not null)
            throw answer.Failure;
        if (answer.Addresses.Count > 0)
        {
            throw new EndpointSourceException(
                $"DNS has an address for {names.OfPod(impossible)}, which no StatefulSet can have, so it answers any name. " +
                $"Use a DNS server without a wildcard for {names.Service}, or name the Service's ports.");
        }
    }
}
