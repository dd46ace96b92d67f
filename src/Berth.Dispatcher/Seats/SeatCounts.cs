using System.Collections.Concurrent;
using Berth.Dispatcher.Metrics;

namespace Berth.Dispatcher.Seats;

/// <summary>Counts requests for seats by their outcome: <c>reserved</c>, or the word of a refusal. There are few such words.</summary>
internal sealed class SeatCounts
{
    private readonly ConcurrentDictionary<string, StripedCounter> _counters = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, long>> All =>
        _counters.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.Value));

    public void Add(string outcome) => _counters.GetOrAdd(outcome, static _ => new StripedCounter()).Increment();
}
