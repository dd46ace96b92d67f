using System.Net;
using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns.Discovery;

/// <summary>
/// The questions of one reading: several at the same time, with the lowest TTL of all answers. It stops asking when the server is evidently
/// gone.
/// </summary>
internal sealed class Questions(DnsResolver resolver, int parallel, CancellationToken cancellationToken)
{
    private readonly Lock _lock = new();
    private TimeSpan _ttl = TimeSpan.MaxValue;
    private int _failures;
    private EndpointSourceException? _lastFailure;

    /// <summary>The lowest TTL of the answers so far.</summary>
    public TimeSpan Ttl => _ttl;

    /// <exception cref="EndpointSourceException">No server answered.</exception>
    public async Task<DnsAnswer> AskAsync(string name, DnsRecordType type)
    {
        DnsAnswer answer = await resolver.ResolveAsync(new DnsQuestion(name, type), cancellationToken).ConfigureAwait(false);
        Believe(answer.Ttl);
        return answer;
    }

    /// <summary>Includes the TTL of records that came with another answer.</summary>
    public void Believe(TimeSpan ttl)
    {
        lock (_lock)
            _ttl = ttl < _ttl ? ttl : _ttl;
    }

    /// <summary>
    /// Asks for one of many addresses. A failure is returned, not thrown, because one failed name does not affect the others.
    /// </summary>
    public async Task<(
        IReadOnlyList<IPAddress> Addresses, EndpointSourceException? Failure)> TryAskAddressesAsync(string name, DnsRecordType type)
    {
        // With hundreds of pods and a silent server, further questions would take minutes and bring nothing new.
        lock (_lock)
        {
            if (_failures >= parallel)
                return ([], _lastFailure);
        }

        try
        {
            DnsAnswer answer = await AskAsync(name, type).ConfigureAwait(false);
            return ([.. answer.Records.Select(static r => r.Address!)], null);
        }
        catch (EndpointSourceException exception)
        {
            lock (_lock)
            {
                _failures++;
                _lastFailure = exception;
            }

            return ([], exception);
        }
    }

    /// <summary>Runs a function for each item, several at the same time, and returns the results in the order of the items.</summary>
    public async Task<TResult[]> ForAllAsync<T, TResult>(IReadOnlyList<T> items, Func<T, Task<TResult>> ask)
    {
        TResult[] results = new TResult[items.Count];
        ParallelOptions options = new() { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(
            0, items.Count, options, async (i, _) => results[i] = await ask(items[i]).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }
}
