using System.Diagnostics.Metrics;
using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>
/// Counts queries to DNS servers: <c>berth.dns.queries</c>, by type of record (A, AAAA, SRV) and code (NOERROR, NXDOMAIN and so on, or
/// <c>error</c> when no usable answer came).
/// </summary>
internal sealed class DnsCounter(Meter meter)
{
    internal const string Name = "berth.dns.queries";

    private readonly Counter<long> _queries = meter.CreateCounter<long>(Name, "{query}", "Queries sent to DNS servers.");

    public void Answered(DnsRecordType type, DnsResponseCode code) => Add(type, code.ToText());

    public void Failed(DnsRecordType type) => Add(type, "error");

    private void Add(DnsRecordType type, string code) => _queries.Add(
        1,
        new KeyValuePair<string, object?>("type", type.ToString().ToUpperInvariant()),
        new KeyValuePair<string, object?>("code", code));
}
