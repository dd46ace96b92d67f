using System.Diagnostics.Metrics;
using Berth.Diagnostics;
using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>
/// Counts queries to DNS servers: <c>berth.dns.queries</c>, by type of record (A, AAAA, SRV) and response code (NOERROR, NXDOMAIN and
/// so on), or kind of failure when no usable answer came.
/// </summary>
internal sealed class DnsCounter(Meter meter)
{
    internal const string Name = "berth.dns.queries";

    private readonly Counter<long> _queries = meter.CreateCounter<long>(Name, "{query}", "Queries sent to DNS servers.");

    public void Answered(DnsRecordType type, DnsResponseCode code) => Add(type, new("berth.dns.response.code", code.ToText()));

    public void Failed(DnsRecordType type) => Add(type, new(TelemetryNames.ErrorType, "no-answer"));

    private void Add(DnsRecordType type, KeyValuePair<string, object?> outcome) => _queries.Add(
        1, new KeyValuePair<string, object?>("berth.dns.record.type", type.ToString().ToUpperInvariant()), outcome);
}
