using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>Reads the answer from a message: follows aliases, and distinguishes "no records" from "not answered".</summary>
internal static class DnsAnswerReader
{
    /// <summary>The limit of aliases for one answer, over all messages.</summary>
    public const int MaxAliases = 8;

    /// <summary>Reads a message that answered a question with NOERROR or NXDOMAIN.</summary>
    /// <param name="message">The message.</param>
    /// <param name="question">The question.</param>
    /// <param name="aliases">The number of aliases so far.</param>
    /// <param name="ttl">The lowest TTL so far.</param>
    /// <param name="askNext">The name to ask next, when an alias leads to a name that this message does not contain; else null.</param>
    /// <returns>The answer, or null when there is more to ask.</returns>
    /// <exception cref="DnsAttemptException">The message is not a valid answer.</exception>
    public static DnsAnswer? Read(DnsMessage message, DnsQuestion question, ref int aliases, ref int ttl, out string? askNext)
    {
        askNext = null;
        string name = question.Name;
        bool aliased = false;
        while (Find(message.Answers, name, DnsRecordType.CName) is [DnsRecord alias, ..])
        {
            if (++aliases > MaxAliases)
                throw new DnsAttemptException(
                    $"answered with more than {MaxAliases} aliases, or with aliases that go round, for {question}");
            ttl = Math.Min(ttl, alias.Ttl);
            name = alias.Target!;
            aliased = true;
        }

        List<DnsRecord> records = Find(message.Answers, name, question.Type);
        foreach (DnsRecord record in records)
            ttl = Math.Min(ttl, record.Ttl);
        if (records.Count > 0)
            return new DnsAnswer { Records = records, Additionals = message.Additionals, Ttl = TimeSpan.FromSeconds(ttl) };
        if (message.Authorities.FirstOrDefault(static r => r.Type == DnsRecordType.Soa) is { } soa)
            ttl = Math.Min(ttl, soa.NegativeTtl);
        else if (message.Code == DnsResponseCode.NoError && message.Authorities.Any(static r => r.Type == DnsRecordType.NS))
            throw new DnsAttemptException($"does not resolve {question} but refers to other servers");
        else if (message.Code == DnsResponseCode.NoError && aliased)
            askNext = DnsNames.IsAskable(name)
                ? name
                : throw new DnsAttemptException($"answered {question} with an alias that is not a valid name");
        else
            ttl = 0;
        return askNext is not null
            ? null
            : new DnsAnswer { NameExists = message.Code != DnsResponseCode.NameDoesNotExist, Ttl = TimeSpan.FromSeconds(ttl) };
    }

    private static List<DnsRecord> Find(IReadOnlyList<DnsRecord> records, string name, DnsRecordType type) =>
        [.. records.Where(r => r.Type == type && r.Name == name)];
}
