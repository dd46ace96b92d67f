namespace Berth.TestKit.Invariants;

/// <summary>
/// I5: after each failure there is a wait, of the length that the server asked for or longer, within bounds and with jitter.
/// </summary>
internal static class BackoffRules
{
    // Half of the default policy's first delay, its longest, and the longest that a server may ask for.
    private static readonly TimeSpan s_minWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_maxAsked = TimeSpan.FromMinutes(5);

    // Task.Delay counts whole milliseconds.
    private static readonly TimeSpan s_unit = TimeSpan.FromMilliseconds(1);

    public static IEnumerable<string> FindFaults(IReadOnlyList<Exception> failures, IReadOnlyCollection<TimeSpan> waits, bool all)
    {
        if (waits.Count != failures.Count && (all || waits.Count > failures.Count))
            yield return $"{failures.Count} failures were followed by {waits.Count} waits";
        foreach ((Exception failure, TimeSpan wait) in failures.Zip(waits))
        {
            TimeSpan asked = (failure as EndpointSourceException)?.RetryAfter ?? TimeSpan.Zero;
            asked = asked < s_maxAsked ? asked : s_maxAsked;
            TimeSpan longest = asked > s_maxWait ? asked : s_maxWait;
            if (wait < s_minWait || wait < asked - s_unit || wait > longest)
                yield return $"after '{failure.Message}', which asked for {asked}, it waited {wait}";
        }

        TimeSpan[] own =
            [.. failures.Zip(waits).Where(static p => p.First is EndpointSourceException { RetryAfter: null })
                .Select(static p => p.Second)];
        if (own.Length > 3 && own.Distinct().Count() < own.Length / 2)
            yield return $"the waits have no jitter: {string.Join(' ', own)}";
    }
}
