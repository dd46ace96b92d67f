using System.Collections.Concurrent;

namespace Berth.TestKit.Invariants;

/// <summary>The violations that were seen, each once, with the number of its invariant.</summary>
internal sealed class Violations
{
    private readonly ConcurrentDictionary<string, byte> _all = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> All => [.. _all.Keys.Order(StringComparer.Ordinal)];

    public void Add(string invariant, string what) => _all.TryAdd($"{invariant}: {what}", 0);

    /// <summary>Notes a violation, unless the condition is true.</summary>
    public void Unless(bool holds, string invariant, Func<string> what)
    {
        if (!holds)
            Add(invariant, what());
    }
}
