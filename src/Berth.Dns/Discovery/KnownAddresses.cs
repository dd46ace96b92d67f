using System.Collections.Concurrent;
using System.Net;
using Berth.Dns.Messages;

namespace Berth.Dns.Discovery;

/// <summary>
/// The last known addresses of each pod and family. A pod keeps them while DNS still names the pod but its own name cannot be resolved.
/// Pods that the last reading did not name are forgotten.
/// </summary>
internal sealed class KnownAddresses
{
    private readonly ConcurrentDictionary<(string Host, DnsRecordType Type), IReadOnlyList<IPAddress>> _known = new();

    /// <summary>The highest ordinal of the known pods, or -1.</summary>
    public int HighestOrdinal { get; private set; } = -1;

    public IReadOnlyList<IPAddress> Find(string host, DnsRecordType type) => _known.GetValueOrDefault((host, type), []);

    public void Remember(string host, DnsRecordType type, IReadOnlyList<IPAddress> addresses) => _known[(host, type)] = addresses;

    /// <summary>Forgets the pods that DNS no longer names.</summary>
    public void Keep(IReadOnlyList<NamedPod> pods)
    {
        HashSet<string> hosts = [.. pods.Select(static p => p.Host)];
        foreach ((string Host, DnsRecordType Type) key in _known.Keys)
        {
            if (!hosts.Contains(key.Host))
                _known.TryRemove(key, out _);
        }

        HighestOrdinal = hosts.Select(static h => PodOrdinal.TryParse(h, out int ordinal, out _) ? ordinal : -1).DefaultIfEmpty(-1).Max();
    }
}
