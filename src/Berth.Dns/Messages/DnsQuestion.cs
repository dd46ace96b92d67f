namespace Berth.Dns.Messages;

/// <summary>A question: a name in lower case without the final dot, and a type, always in class IN.</summary>
internal readonly record struct DnsQuestion(string Name, DnsRecordType Type)
{
    public override string ToString() => $"{Type switch
    {
        DnsRecordType.Aaaa => "AAAA",
        DnsRecordType.Srv => "SRV",
        DnsRecordType.CName => "CNAME",
        DnsRecordType.Soa => "SOA",
        _ => Type.ToString(),
    }} {Name}";
}
