using System.Net;
using System.Net.Sockets;
using Berth.Backoff;
using Berth.Dispatcher.Clients;
using Berth.Dispatcher.Diagnostics;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher;

/// <summary>
/// Answers each UDP datagram with the same bytes, so that a client measures the way to a zone before it chooses one. It never sends more
/// bytes than it received, at most <see cref="PerSecond"/> answers a second to one sender, and its memory does not grow with senders.
/// </summary>
public sealed class PingResponder : IAsyncDisposable
{
    /// <summary>The largest datagram that is answered, in bytes.</summary>
    public const int MaxLength = 1024;

    /// <summary>The number of answers that one sender gets a second. Of an IPv6 address the first 64 bits count.</summary>
    public const int PerSecond = 20;

    private const int IPv6Prefix = 64;

    // Lower ports belong to services such as DNS and echo. A datagram from such a port is forged, or the start of a loop.
    private const int MinPort = 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly RateTable _rates;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<Socket> _sockets = [];
    private readonly List<Supervisor> _loops = [];
    private int _isDisposed;
    private long _answered;
    private long _refused;

    private PingResponder(ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        _rates = new RateTable(PerSecond, PerSecond, time);
    }

    /// <summary>The addresses that it listens on, with the actual port where port 0 was given.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!)];

    /// <summary>The number of datagrams that were answered.</summary>
    public long AnsweredCount => Interlocked.Read(ref _answered);

    /// <summary>
    /// The number of datagrams that were not answered: too long, too many of one sender, or from a port that no client has.
    /// </summary>
    public long RefusedCount => Interlocked.Read(ref _refused);

    /// <summary>Listens and answers.</summary>
    /// <param name="endPoints">
    /// The addresses of this machine to listen on, at least one. An answer leaves from the address that it listens on; from
    /// <see cref="IPAddress.IPv6Any"/>, which is IPv4 too, it leaves from the one that the route to the client has.
    /// </param>
    /// <param name="loggers">The loggers.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="DispatcherStartException">It cannot listen on an address.</exception>
    public static PingResponder Start(IReadOnlyList<IPEndPoint> endPoints, ILoggerFactory loggers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(endPoints);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfZero(endPoints.Count, nameof(endPoints));
        PingResponder responder = new(loggers.CreateSafeLogger("Berth.Ping"), time);
        try
        {
            foreach (IPEndPoint endPoint in endPoints)
                responder._sockets.Add(Listen(endPoint));
        }
        catch
        {
            responder._sockets.ForEach(static socket => socket.Dispose());
            throw;
        }

        responder._sockets.ForEach(responder.Run);
        Log.Pinging(responder._logger, string.Join(", ", responder.EndPoints));
        return responder;
    }

    /// <summary>Stops answering, and frees the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            return;
        await Task.WhenAll(_loops.Select(static loop => loop.DisposeAsync().AsTask())).ConfigureAwait(false);
        _sockets.ForEach(static socket => socket.Dispose());
        Log.PingsEnded(_logger, AnsweredCount, RefusedCount);
    }

    private static Socket Listen(IPEndPoint endPoint)
    {
        bool isAny = endPoint.Address.Equals(IPAddress.IPv6Any);
        IPEndPoint own = isAny && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, endPoint.Port) : endPoint;
        Socket socket = new(own.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (own.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = isAny;
            socket.Bind(own);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new DispatcherStartException(
                $"Listening on UDP {endPoint} failed: {exception.Message.TrimEnd('.')}. Choose a free port, and an address of this "
                    + "machine, with --listen.",
                exception);
        }
    }

    private void Run(Socket socket)
    {
        IPEndPoint own = (IPEndPoint)socket.LocalEndPoint!;
        Supervisor loop = new(stopping => AnswerAllAsync(socket, own, stopping), Failed, new SteadyBackoff(s_pause), _time);
        _loops.Add(loop);
        loop.Start();

        TimeSpan? Failed(Exception exception)
        {
            // Usually the machine's network is down or changes.
            Log.PingFailed(_logger, own, exception);
            return null;
        }
    }

    /// <summary>Answers until the socket fails.</summary>
    private async ValueTask AnswerAllAsync(Socket socket, IPEndPoint own, CancellationToken stopping)
    {
        // One byte more than is answered: a longer datagram shows by it.
        byte[] buffer = new byte[MaxLength + 1];
        SocketAddress sender = new(socket.AddressFamily);
        while (true)
        {
            int length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, sender, stopping).ConfigureAwait(false);
            bool isAnswered = MayAnswer(length, (IPEndPoint)own.Create(sender), own.Port)
                && await TrySendAsync(socket, buffer.AsMemory(0, length), sender, stopping).ConfigureAwait(false);
            Interlocked.Increment(ref (isAnswered ? ref _answered : ref _refused));
        }
    }

    /// <summary>
    /// Decides about a datagram. One from this port comes from another responder: the two would answer each other without an end.
    /// </summary>
    internal bool MayAnswer(int length, IPEndPoint sender, int own) =>
        length <= MaxLength && sender.Port >= MinPort && sender.Port != own
            && _rates.Take(ClientKey.Of(sender.Address, IPv6Prefix)) == TimeSpan.Zero;

    private async ValueTask<bool> TrySendAsync(
        Socket socket, ReadOnlyMemory<byte> bytes, SocketAddress sender, CancellationToken stopping)
    {
        try
        {
            await socket.SendToAsync(bytes, SocketFlags.None, sender, stopping).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            // A sender that cannot be reached, or a firewall. The next one may be.
            return false;
        }
    }
}
