namespace Berth.Dns.Messages;

/// <summary>A decoded response. A truncated one has no records, because the question is asked again over TCP.</summary>
internal sealed class DnsMessage
{
    public required DnsHeader Header { get; init; }

    public DnsResponseCode Code { get; init; }

    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];
}
