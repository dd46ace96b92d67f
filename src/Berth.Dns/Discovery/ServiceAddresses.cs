using System.Net;
using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns.Discovery;

/// <summary>The addresses of a Service's own name, for each family that was answered.</summary>
internal sealed class ServiceAddresses
{
    private readonly IReadOnlyList<DnsAnswer> _answers;
    private readonly DnsRecordType[] _failed;
    private readonly EndpointSourceException? _unknown;

    private ServiceAddresses(DnsRecordType[] wanted, (DnsAnswer? Answer, EndpointSourceException? Failure)[] asked)
    {
        _answers = [.. asked.Select(static a => a.Answer).OfType<DnsAnswer>()];
        Families = [.. wanted.Where((_, i) => asked[i].Answer is { Records.Count: > 0 })];
        All = [.. _answers.SelectMany(static a => a.Records).Select(static r => r.Address!)];
        _failed = [.. wanted.Where((_, i) => asked[i].Failure is not null)];
        Unanswered =
            [.. wanted.Zip(asked).Where(static a => a.Second.Failure is not null).Select(static a => Advise(a.First, a.Second.Failure!))];
        (DnsRecordType type, (_, EndpointSourceException? failure)) = wanted.Zip(asked)
            .FirstOrDefault(static a => a.Second.Failure is { } failure && !OptionalRecords.IsRefusal(failure));
        _unknown = failure is null ? null : new EndpointSourceException(Advise(type, failure), failure.InnerException);
    }

    /// <summary>The families of the Service's addresses.</summary>
    public IReadOnlyList<DnsRecordType> Families { get; }

    public HashSet<IPAddress> All { get; }

    /// <summary>The reasons why a family was not answered: one sentence each, with the remedy.</summary>
    public IReadOnlyList<string> Unanswered { get; }

    /// <summary>True when DNS says that the name does not exist, which applies to both families.</summary>
    public bool NameIsGone => Families.Count == 0 && _answers.Any(static a => !a.NameExists);

    /// <exception cref="EndpointSourceException">
    /// No family was answered, or a family that had addresses before was not answered.
    /// </exception>
    public static async Task<ServiceAddresses> AskAsync(
        string service, AddressFamilies families, OptionalRecords optional, Questions questions)
    {
        DnsRecordType[] wanted = families switch
        {
            AddressFamilies.IPv4Only => [DnsRecordType.A],
            AddressFamilies.IPv6Only => [DnsRecordType.Aaaa],
            _ => [DnsRecordType.A, DnsRecordType.Aaaa],
        };
        (DnsAnswer? Answer, EndpointSourceException? Failure)[] asked =
            await questions.ForAllAsync(wanted, type => optional.TryAskAsync(questions, service, type)).ConfigureAwait(false);
        return Array.TrueForAll(asked, static a => a.Answer is null) ? throw asked[0].Failure! : new ServiceAddresses(wanted, asked);
    }

    /// <summary>
    /// Throws when it is unknown whether there are addresses. Their absence is certain only when both families were answered, or, in a
    /// later reading, when the family that was not answered never had any.
    /// </summary>
    /// <param name="hasRead">True in a later reading.</param>
    /// <param name="had">The families that had addresses in any earlier reading.</param>
    /// <exception cref="EndpointSourceException">Nothing was found, and a family was not answered.</exception>
    public void ThrowIfUnknown(bool hasRead, HashSet<DnsRecordType> had)
    {
        if (Families.Count == 0 && !NameIsGone && _unknown is not null && (!hasRead || _failed.Any(had.Contains)))
            throw _unknown;
    }

    private static string Advise(DnsRecordType type, EndpointSourceException failure) =>
        $"{failure.Message} If the pods have no {(type == DnsRecordType.Aaaa ? "IPv6" : "IPv4")} addresses, "
        + $"set AddressFamilies to {(type == DnsRecordType.Aaaa ? nameof(AddressFamilies.IPv4Only) : nameof(AddressFamilies.IPv6Only))}.";
}
