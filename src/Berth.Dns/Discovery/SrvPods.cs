using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns.Discovery;

/// <summary>The pods that SRV records name.</summary>
internal sealed class SrvPods
{
    private readonly Dictionary<string, List<EndpointPort>> _portsByHost = new(StringComparer.Ordinal);
    private readonly HashSet<string> _foreign = new(StringComparer.Ordinal);
    private readonly List<DnsRecord> _glue = [];

    public bool IsEmpty => _portsByHost.Count == 0 && _foreign.Count == 0;

    public int Count => _portsByHost.Count;

    public IReadOnlyList<NamedPod> Pods => [.. _portsByHost.Select(static p => new NamedPod(p.Key, p.Value))];

    public IReadOnlyCollection<string> Foreign => _foreign;

    public ILookup<(string Name, DnsRecordType Type), DnsRecord> Glue =>
        _glue.Where(static r => r.Address is not null).Distinct().ToLookup(static r => (r.Name, r.Type));

    /// <summary>The failure of a question that was not answered, or null.</summary>
    public EndpointSourceException? Failure { get; private set; }

    /// <summary>Asks for the SRV records of the given ports, or of the Service itself when none are given.</summary>
    /// <exception cref="EndpointSourceException">A question that had been answered before was not answered.</exception>
    public static async Task<SrvPods> AskAsync(
        ServiceNames names, IReadOnlyList<DnsServicePort> ports, OptionalRecords records, Questions questions)
    {
        SrvPods pods = new();
        if (ports.Count == 0)
            await AskOneAsync(names.Service, null).ConfigureAwait(false);
        foreach (DnsServicePort port in ports)
            await AskOneAsync($"{port.Labels}.{names.Service}", port).ConfigureAwait(false);
        return pods;

        async Task AskOneAsync(string name, DnsServicePort? port)
        {
            (DnsAnswer? answer, EndpointSourceException? failure) = await records.TryAskAsync(
                questions, name, DnsRecordType.Srv).ConfigureAwait(false);
            if (answer is not null)
                pods.Add(names, answer, port);
            pods.Failure ??= failure;
        }
    }

    private void Add(ServiceNames names, DnsAnswer answer, DnsServicePort? asked)
    {
        _glue.AddRange(answer.Additionals);
        foreach (DnsRecord record in answer.Records)
        {
            // The root as target means that there is no such service (RFC 2782). The Service's own name means that it is not headless.
            if (record.Target is "" || record.Target == names.Service)
                continue;
            if (names.PodOf(record.Target!) is not { } host)
            {
                _foreign.Add(record.Target!);
                continue;
            }

            if (!_portsByHost.TryGetValue(host, out List<EndpointPort>? ports))
                _portsByHost.Add(host, ports = []);
            if (asked is { } port && record.Port > 0 && ports.TrueForAll(p => p.Name != port.Name))
                ports.Add(new EndpointPort(port.Name, record.Port, port.Protocol));
        }
    }
}
