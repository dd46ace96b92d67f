using System.Net;
using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>
/// Asks the servers in turn until one answers, starting with the one that answered last. It does not cache answers; the caller decides how
/// long they are valid.
/// </summary>
/// <param name="servers">The servers.</param>
/// <param name="exchange">The exchange with one server.</param>
/// <param name="tries">The number of attempts at each server.</param>
internal sealed class DnsResolver(DnsServers servers, DnsExchange exchange, int tries)
{
    // A reading may have hundreds of questions. A dead first server must cost its timeout once, not hundreds of times.
    private volatile IPEndPoint? _answeredLast;

    /// <exception cref="EndpointSourceException">No server answered. The message says what each server did.</exception>
    public async Task<DnsAnswer> ResolveAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        int aliases = 0;
        int ttl = int.MaxValue;
        DnsQuestion asked = question;
        while (true)
        {
            (DnsAnswer? answer, string? next) = await AskServersAsync(asked).ConfigureAwait(false);
            if (answer is not null)
                return answer;
            asked = asked with { Name = next! };
        }

        async Task<(DnsAnswer? Answer, string? Next)> AskServersAsync(DnsQuestion current)
        {
            List<string> failures = [];
            DnsQueryException? last = null;
            IPEndPoint? first = _answeredLast;
            IPEndPoint[] found = [.. servers.Find().OrderBy(s => s.Equals(first) ? 0 : 1)];
            for (int attempt = 0; attempt < tries; attempt++)
            {
                foreach (IPEndPoint server in found)
                {
                    try
                    {
                        DnsMessage message = await AskOneAsync(server, current, cancellationToken).ConfigureAwait(false);
                        // Copies, so that a bad answer of one server does not affect the next one.
                        (int aliasesHere, int ttlHere) = (aliases, ttl);
                        DnsAnswer? answer = DnsAnswerReader.Read(message, current, ref aliasesHere, ref ttlHere, out string? next);
                        (aliases, ttl) = (aliasesHere, ttlHere);
                        _answeredLast = server;
                        return (answer, next);
                    }
                    catch (DnsAttemptException exception)
                    {
                        // A truncated answer proves that there are records, which is more than later attempts can say.
                        DnsQueryException failed = new(server, exception);
                        last = last?.Failure == DnsAttemptFailure.CutAnswer ? last : failed;
                        failures.Add(failed.Message);
                    }
                }
            }

            throw new EndpointSourceException(
                $"DNS did not answer {question}: {string.Join("; ", failures.Distinct())}. " +
                "Check that the DNS server is up and that this client may ask it.",
                last);
        }
    }

    private async Task<DnsMessage> AskOneAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        DnsMessage message = await exchange.AskAsync(server, question, edns: true, cancellationToken).ConfigureAwait(false);
        // The answers of a server that does not support EDNS (RFC 6891, section 7).
        if (message.Code is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented or DnsResponseCode.BadVersion)
            message = await exchange.AskAsync(server, question, edns: false, cancellationToken).ConfigureAwait(false);
        return message.Code is DnsResponseCode.NoError or DnsResponseCode.NameDoesNotExist
            ? message
            : throw new DnsAttemptException($"answered {message.Code.ToText()}")
            {
                ResponseCode = message.Code.ToText(),
                Failure = message.Code is DnsResponseCode.NotImplemented or DnsResponseCode.Refused or DnsResponseCode.FormatError
                    ? DnsAttemptFailure.Refusal
                    : DnsAttemptFailure.Other,
            };
    }
}
