using Berth.Checks;
using Berth.Seats.Tls;

namespace Berth.Dispatcher;

/// <summary>The options of a dispatcher's seats.</summary>
public sealed class DispatcherSeatOptions
{
    /// <summary>
    /// The ports of the desks, such as <c>PortScheme.PerOrdinal(9000)</c>. A desk listens on its pod's address, and on the first of them.
    /// </summary>
    public required PortScheme DeskPorts { get; init; }

    /// <summary>The file of keys that dispatchers and desks share. It is read again when it changes.</summary>
    public required string KeyFile { get; init; }

    /// <summary>
    /// The PEM file with the CAs of the desks' certificates, for desks that speak TLS; or null for HTTP without TLS. Default null. It is
    /// read again within 5 s of a change.
    /// </summary>
    public string? DeskCaFile { get; init; }

    /// <summary>
    /// The name that the certificate of each desk has, such as <c>desk.games</c>. Default null: each has the address of its pod.
    /// </summary>
    public string? DeskName { get; init; }

    /// <summary>The order in which desks are asked. Default: the lowest ordinal first.</summary>
    public SeatPolicy Policy { get; init; }

    /// <summary>
    /// True when <c>GET /</c> and <c>?pick</c> choose a pod with free seats, instead of the server's picker. Default: false; a request asks
    /// for it with <c>?pick=seats</c>.
    /// </summary>
    public bool PicksBySeats { get; init; }

    /// <summary>The time in which a client must come when its request names none, 100 ms to 1 hour. Default 30 s.</summary>
    public TimeSpan DefaultTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time for one desk to answer, 10 ms to 1 minute. Default 1 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time for one request over all desks that it asks, 10 ms to 5 minutes, without its wait in line. Default 3 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The longest time that a client may wait in line, 0 to 10 minutes. Default 1 minute.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most clients that wait for one target, 0 to 100,000. Default 1,000.</summary>
    public int MaxWaiting { get; init; } = 1000;

    /// <summary>The source of chance of policies and of jitter. Default: null, for one shared by the process.</summary>
    public Random? Random { get; init; }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(DeskPorts, nameof(DeskPorts));
        faults.Check(
            DeskPorts is null || !DeskPorts.NeedsServicePorts,
            "The ports of desks come from the Service, which states those of the server. Give a base port for desks.");
        faults.Check(!string.IsNullOrEmpty(KeyFile), "There is no key file for seats. Name one, such as /etc/berth/seats/keys.");
        string? ofCas = DeskCaFile is null ? null : DeskTrust.FindFault(DeskCaFile);
        faults.Check(ofCas is null, ofCas!);
        faults.Check(DeskName is null || DeskCaFile is not null, "A name of desks has no meaning without TLS. Give the CAs of desks too.");
        faults.Check(
            DeskName is null || Uri.CheckHostName(DeskName) == UriHostNameType.Dns,
            $"'{DeskName}' is not a host name. Give the one in the certificates of desks, such as desk.games.");
        faults.CheckDefined(Policy, nameof(Policy));
        faults.CheckRange(DefaultTtl, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(DefaultTtl));
        faults.CheckRange(AttemptTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(AttemptTimeout));
        faults.CheckRange(Deadline, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5), nameof(Deadline));
        faults.CheckRange(MaxWait, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(MaxWait));
        faults.CheckRange(MaxWaiting, 0, 100_000, nameof(MaxWaiting));
        return faults.Found;
    }
}
