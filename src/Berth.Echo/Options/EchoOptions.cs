using System.Net;
using Berth.Checks;
using Berth.Seats;

namespace Berth.Echo;

/// <summary>The options of service B. The server checks all of them when it starts and reports all faults in one message.</summary>
public sealed class EchoOptions
{
    /// <summary>The port for TCP and UDP: 1 to 65535. It follows from the pod's name; see <see cref="PodIdentity.GetPort(int)"/>.</summary>
    public required int Port { get; init; }

    /// <summary>The address to listen on, or null for every address of both families. Default null.</summary>
    public IPAddress? BindAddress { get; init; }

    /// <summary>The time that sessions have to end after the server stopped accepting, 0 to 1 day. Default 30 s.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time after which a connection that sends or receives nothing is closed, 1 s to 1 day. Default 10 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The limit of open TCP connections, 1 to 1,000,000. A connection above it is closed at once. Default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// The longest line that gets one answer, in bytes, 1 to 65,536. A longer line is answered in pieces of this size. Default 16,384.
    /// </summary>
    public int MaxLineLength { get; init; } = 16_384;

    /// <summary>
    /// The desk that lets TCP clients in, or null to let all in. Default null. With a desk the first line of a client is its ticket; the
    /// answer <c>LOCALADDR seats N</c> follows, or <c>LOCALADDR refused: REASON</c> and the end of the connection. The caller keeps the
    /// desk.
    /// </summary>
    public SeatDesk? Desk { get; init; }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckRange(Port, 1, IPEndPoint.MaxPort, nameof(Port));
        faults.CheckRange(Drain, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(Drain));
        faults.CheckRange(IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(IdleTimeout));
        faults.CheckRange(MaxConnections, 1, 1_000_000, nameof(MaxConnections));
        faults.CheckRange(MaxLineLength, 1, 65_536, nameof(MaxLineLength));
        return faults.Found;
    }
}
