using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>Asks one server one question: over UDP, and again over TCP when the answer is truncated.</summary>
/// <param name="time">The clock of the timeout.</param>
/// <param name="timeout">The timeout for each of UDP and TCP.</param>
/// <param name="counter">Counts the queries.</param>
internal sealed class DnsExchange(TimeProvider time, TimeSpan timeout, DnsCounter counter)
{
    /// <exception cref="DnsAttemptException">No usable answer came in time.</exception>
    public async Task<DnsMessage> AskAsync(IPEndPoint server, DnsQuestion question, bool edns, CancellationToken cancellationToken)
    {
        try
        {
            DnsMessage answer = await TryAskAsync(server, question, edns, cancellationToken).ConfigureAwait(false);
            counter.Answered(question.Type, answer.Code);
            return answer;
        }
        catch (DnsAttemptException)
        {
            counter.Failed(question.Type);
            throw;
        }
    }

    private async Task<DnsMessage> TryAskAsync(IPEndPoint server, DnsQuestion question, bool edns, CancellationToken cancellationToken)
    {
        // From the system's generator, not the injected one: only an unpredictable id keeps forged answers out.
        ushort id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        byte[] query = DnsQueryWriter.Write(id, question, edns);
        bool cut = false;
        try
        {
            DnsMessage? answer = await LimitAsync(
                token => UdpExchange.AskAsync(server, query, id, question, token), cancellationToken).ConfigureAwait(false);
            cut = answer is null;
            answer ??= await LimitAsync(
                token => TcpExchange.AskAsync(server, query, id, question, token), cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch (DnsFormatException exception)
        {
            throw new DnsAttemptException($"sent a malformed answer ({exception.Message})", exception) { Failure = Of(cut) };
        }
        catch (SocketException exception)
        {
            throw new DnsAttemptException($"could not be reached ({exception.SocketErrorCode})", exception) { Failure = Of(cut) };
        }
        catch (IOException exception)
        {
            throw new DnsAttemptException($"broke the TCP connection ({exception.Message.TrimEnd('.')})", exception) { Failure = Of(cut) };
        }
        catch (TimeoutException exception)
        {
            string clause = string.Create(CultureInfo.InvariantCulture, $"gave no answer within {timeout.TotalSeconds:0.###} s");
            throw new DnsAttemptException(clause, exception) { Failure = cut ? DnsAttemptFailure.CutAnswer : DnsAttemptFailure.NoAnswer };
        }
    }

    private static DnsAttemptFailure Of(bool cut) => cut ? DnsAttemptFailure.CutAnswer : DnsAttemptFailure.Other;

    private async Task<T> LimitAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ask(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(null, exception);
        }
    }
}
