using Berth.Checks;
using Berth.Logging;
using Berth.Seats.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Seats;

/// <summary>The options of a desk. One message has all faults.</summary>
public sealed class SeatDeskOptions
{
    /// <summary>The most seats of a desk.</summary>
    internal const int MaxCapacity = 1_000_000;

    /// <summary>The pod of this process, with its namespace: tickets name it.</summary>
    public required PodIdentity Pod { get; init; }

    /// <summary>
    /// The UID of the pod, from fieldRef metadata.uid. Default: null. Without it, only the process distinguishes a pod from its
    /// replacement.
    /// </summary>
    public string? PodUid { get; init; }

    /// <summary>The number of seats, 0 to 1,000,000. It can be changed while the desk runs.</summary>
    public required int Capacity { get; init; }

    /// <summary>
    /// The file of keys, one <c>ID=BASE64</c> a line, the newest first: shared secrets of at least 32 bytes, and perhaps private keys for
    /// ES256 as <c>ID=es256:BASE64</c> of PKCS #8. It is read again when it changes.
    /// </summary>
    public required string KeyFile { get; init; }

    /// <summary>
    /// The PEM file with the certificate of the desk's server, followed by the intermediate ones; or null for HTTP without TLS. Default
    /// null. It is read again within 5 s of a change.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>
    /// The PEM file with the private key of <see cref="CertificateFile"/>, RSA or ECDSA, without a password. Default null, as there.
    /// </summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>The most seats that one client may have, 1 to 10,000. Default 100.</summary>
    public int MaxSeatsPerClient { get; init; } = 100;

    /// <summary>The longest time that a client may have to come, 1 s to 1 hour. Default 10 minutes.</summary>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The most ended reservations that are remembered, 0 to 1,000,000: for idempotency keys, and to tell a replayed ticket from nonsense.
    /// Default 4,096, about 1 MB.
    /// </summary>
    public int MaxRemembered { get; init; } = 4096;

    /// <summary>
    /// The most connections to the desk's server at once that have shown a key, 1 to 100,000. Default 256. Strangers have 64 more, 10 s
    /// each.
    /// </summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Creates the logger <c>Berth.Seats</c>. Default: logs nothing.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    internal ILogger Logger => LoggerFactory.CreateSafeLogger("Berth.Seats");

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(Pod, nameof(Pod));
        faults.Check(
            Pod is null || Pod.Namespace is not null,
            $"The pod {Pod?.Name} has no namespace. Set {PodIdentity.NamespaceVariable} from fieldRef metadata.namespace.");
        faults.CheckRange(Capacity, 0, MaxCapacity, nameof(Capacity));
        faults.Check(!string.IsNullOrEmpty(KeyFile), "There is no key file. Name one, such as /etc/berth/seats/keys.");
        faults.Check(
            CertificateFile is null == CertificateKeyFile is null,
            "A desk with TLS needs a certificate and its key. Give the files of both, or of none.");
        if (CertificateFile is not null && CertificateKeyFile is not null)
        {
            string? ofPair = DeskTls.FindFault(CertificateFile, CertificateKeyFile);
            faults.Check(ofPair is null, ofPair!);
        }

        faults.CheckRange(MaxSeatsPerClient, 1, 10_000, nameof(MaxSeatsPerClient));
        faults.CheckRange(MaxTtl, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(MaxTtl));
        faults.CheckRange(MaxRemembered, 0, 1_000_000, nameof(MaxRemembered));
        faults.CheckRange(MaxConnections, 1, 100_000, nameof(MaxConnections));
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }
}
