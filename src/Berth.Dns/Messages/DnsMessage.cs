namespace Berth.Dns.Messages;

/// <summary>
/// A response, decoded. A truncated one has no records: what is left of it is not worth reading, since it is asked again over TCP.
/// </summary>
internal sealed class DnsMessage
{
    public required DnsHeader Header { get; init; }

    public DnsResponseCode Code { get; init; }

    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];
}
