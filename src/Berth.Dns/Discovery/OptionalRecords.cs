using System.Collections.Concurrent;
using Berth.Dns.Messages;
using Berth.Dns.Transport;

namespace Berth.Dns.Discovery;

/// <summary>
/// Asks for records that a DNS server may not have: addresses of the other family, and SRV. Some servers drop or refuse such questions
/// instead of answering that there are none. Records that never existed then count as absent; records that existed before do not.
/// </summary>
internal sealed class OptionalRecords(DnsEndpointSourceOptions options)
{
    // A dropped question costs all its timeouts, so it is not asked in every reading.
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Name, DnsRecordType Type), Memory> _known = new();

    /// <returns>The answer, or the failure when there is none.</returns>
    /// <exception cref="EndpointSourceException">No server answered, and the last answer had records.</exception>
    public async Task<(DnsAnswer? Answer, EndpointSourceException? Failure)> TryAskAsync(
        Questions questions, string name, DnsRecordType type)
    {
        Memory memory = _known.GetOrAdd((name, type), static _ => new Memory());
        if (memory.Dropped is { } dropped && options.TimeProvider.GetElapsedTime(dropped.At) < s_askAgain)
            return (null, dropped.Failure);
        memory.Dropped = memory.Silent = null;
        try
        {
            DnsAnswer answer = await questions.AskAsync(name, type).ConfigureAwait(false);
            memory.HasRecords = answer.Records.Count > 0;
            return (answer, null);
        }
        catch (EndpointSourceException exception)
            when (!memory.HasRecords && exception.InnerException is not DnsQueryException { Failure: DnsAttemptFailure.CutAnswer })
        {
            if (exception.InnerException is DnsQueryException { Failure: DnsAttemptFailure.NoAnswer })
                memory.Silent = (options.TimeProvider.GetTimestamp(), exception);
            return (null, exception);
        }
    }

    /// <summary>Pauses the unanswered questions, because the pods were found without them.</summary>
    public void Rest()
    {
        foreach (Memory memory in _known.Values)
            memory.Dropped ??= memory.Silent;
    }

    /// <summary>True when the server said that it does not support such questions.</summary>
    public static bool IsRefusal(EndpointSourceException failure) =>
        failure.InnerException is DnsQueryException { Failure: DnsAttemptFailure.Refusal };

    // Needs no lock: there is one reading at a time, and it asks each question once.
    private sealed class Memory
    {
        public bool HasRecords { get; set; }

        /// <summary>The time and failure of the last question without an answer in time.</summary>
        public (long At, EndpointSourceException Failure)? Silent { get; set; }

        /// <summary>The same, while the question is paused because of it.</summary>
        public (long At, EndpointSourceException Failure)? Dropped { get; set; }
    }
}
