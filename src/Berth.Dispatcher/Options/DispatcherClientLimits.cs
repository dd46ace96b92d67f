namespace Berth.Dispatcher;

/// <summary>
/// The limits of one client address at service A. Each is off by default. Their memory is bounded however many addresses ask.
/// </summary>
public sealed class DispatcherClientLimits
{
    private const int Most = 1_000_000;

    /// <summary>
    /// The requests a second that a client may send for long, 1 to 1,000,000, or null for no limit. Default null. More are answered with
    /// 429. <c>/healthz</c> and <c>/readyz</c> do not count.
    /// </summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>
    /// The requests that a client may send at once, 1 to 1,000,000. Default: null, for twice <see cref="RequestsPerSecond"/>.
    /// </summary>
    public int? Burst { get; init; }

    /// <summary>
    /// The connections that a client may have open, 1 to 1,000,000, or null for no limit. Default null. Trusted proxies have no limit.
    /// </summary>
    public int? Connections { get; init; }

    /// <summary>The watches that a client may have open, 1 to 1,000,000, or null for no limit. Default null. More get a 429.</summary>
    public int? Watchers { get; init; }

    /// <summary>The bits of an IPv6 address that name a client, 32 to 128. Default 64, what one client has for itself.</summary>
    public int IPv6Prefix { get; init; } = 64;

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the limits can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        List<string> faults = [];
        Check(faults, "number of requests a second", RequestsPerSecond, 1);
        Check(faults, "burst of requests", Burst, 1);
        Check(faults, "number of connections of a client", Connections, 1);
        Check(faults, "number of watches of a client", Watchers, 1);
        if (IPv6Prefix is < 32 or > 128)
            faults.Add($"The IPv6 prefix of a client is {IPv6Prefix}. Give 32 to 128 bits.");
        if (Burst is not null && RequestsPerSecond is null)
            faults.Add("There is a burst of requests, and no limit of requests a second. Give both, or none.");
        return faults;
    }

    private static void Check(List<string> faults, string what, int? value, int least)
    {
        if (value < least || value > Most)
            faults.Add($"The {what} is {value}. Give {least} to {Most}.");
    }
}
