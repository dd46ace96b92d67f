using System.Net;
using Berth.Echo.Diagnostics;
using Berth.Echo.Sockets;
using Berth.Echo.Tcp;
using Berth.Echo.Udp;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Echo;

/// <summary>Service B: answers <c>LOCALADDR DATA</c> over TCP and over UDP, on one port number that follows from the pod's name.</summary>
/// <remarks>
/// TCP: each line gets its own answer, with the same line end (<c>\n</c> or <c>\r\n</c>). Bytes without a line end are answered unchanged
/// when the client pauses, closes its side, or fills a line; see <see cref="LineFraming"/>. UDP: each datagram gets an answer from the
/// address that it was sent to.
/// </remarks>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpEcho _tcp;
    private readonly UdpEcho _udp;
    private readonly EchoOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _stopLock = new();
    private Task? _stopped;

    private EchoServer(TcpEcho tcp, UdpEcho udp, EchoOptions options, TimeProvider time, ILogger logger)
    {
        _tcp = tcp;
        _udp = udp;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>The address that the server listens on, for TCP and UDP. <c>[::]</c> means every address of both families.</summary>
    public IPEndPoint LocalEndPoint => _tcp.LocalEndPoint;

    /// <summary>The current number of TCP sessions.</summary>
    public int SessionCount => _tcp.SessionCount;

    /// <summary>Starts to listen.</summary>
    /// <param name="options">The port and the limits.</param>
    /// <param name="logger">The logger of the connections.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="EchoStartException">An option has a fault, or the server cannot listen on the port.</exception>
    public static EchoServer Start(EchoOptions options, ILogger logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(time);
        if (options.FindFaults() is { Count: > 0 } faults)
            throw new EchoStartException(string.Join(" ", faults));
        logger = new SafeLogger(logger);
        (System.Net.Sockets.Socket tcpSocket, System.Net.Sockets.Socket udpSocket) = EchoSockets.Bind(options);
        TcpEcho tcp = new(tcpSocket, options, logger, time);
        UdpEcho udp = new(udpSocket, logger, time);
        tcp.Start();
        udp.Start();
        Log.Listening(logger, tcp.LocalEndPoint);
        return new EchoServer(tcp, udp, options, time, logger);
    }

    /// <summary>
    /// Stops accepting at once, gives the sessions <see cref="EchoOptions.Drain"/> to end by themselves, and closes the rest. UDP has no
    /// sessions and is answered until then. A second call waits for the first.
    /// </summary>
    /// <param name="cancellationToken">Ends the drain early. The server stops in any case.</param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_stopLock)
            return _stopped ??= StopOnceAsync(cancellationToken);
    }

    /// <summary>Stops the server without the drain, unless it is stopped already.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    private async Task StopOnceAsync(CancellationToken hurry)
    {
        await _tcp.StopAcceptingAsync().ConfigureAwait(false);
        int waiting = _tcp.SessionCount;
        Log.Draining(_logger, waiting, _options.Drain.TotalSeconds);
        using (CancellationTokenSource limit = new(_options.Drain, _time))
        using (CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, hurry))
            await _tcp.WaitForSessionsAsync(both.Token).ConfigureAwait(false);
        int cut = await _tcp.CloseSessionsAsync().ConfigureAwait(false);
        await _udp.StopAsync().ConfigureAwait(false);
        _tcp.Dispose();
        _udp.Dispose();
        Log.Stopped(_logger, cut);
    }
}
