using Berth.Checks;

namespace Berth.Dispatcher;

/// <summary>
/// The limits of one client address at service A. Each is off by default. Their memory does not grow with the number of addresses that ask.
/// </summary>
public sealed class DispatcherClientLimits
{
    private const int MaxLimit = 1_000_000;

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
        OptionFaults faults = new();
        faults.CheckRange(RequestsPerSecond, 1, MaxLimit, nameof(RequestsPerSecond));
        faults.CheckRange(Burst, 1, MaxLimit, nameof(Burst));
        faults.CheckRange(Connections, 1, MaxLimit, nameof(Connections));
        faults.CheckRange(Watchers, 1, MaxLimit, nameof(Watchers));
        faults.CheckRange(IPv6Prefix, 32, 128, nameof(IPv6Prefix));
        faults.Check(
            Burst is null || RequestsPerSecond is not null, "Burst is given, and RequestsPerSecond is not. Give both, or none.");
        return faults.Found;
    }
}
