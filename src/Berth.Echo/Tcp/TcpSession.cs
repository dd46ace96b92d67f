using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Echo.Diagnostics;
using Berth.Echo.Sockets;
using Berth.Seats;
using Microsoft.Extensions.Logging;

namespace Berth.Echo.Tcp;

/// <summary>One TCP connection, from accept to close. An idle one has no buffer.</summary>
internal sealed class TcpSession : IDisposable
{
    /// <summary>The time to wait for a line end before bytes without one are answered.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private const int ReceiveSize = 4096;

    private readonly Socket _socket;
    private readonly EchoOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly LineFraming _framing;
    private readonly EndPoint _client;
    private readonly string _local;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _idle;
    private ArrayBufferWriter<byte>? _answers;
    private SeatSession? _seats;
    private long _received;
    private long _sent;
    private volatile bool _timedOut;

    public TcpSession(Socket socket, EchoOptions options, ILogger logger, TimeProvider time)
    {
        _socket = socket;
        _options = options;
        _logger = logger;
        _time = time;
        socket.NoDelay = true;
        _client = EchoSockets.Unmap(socket.RemoteEndPoint);
        _local = EchoSockets.Unmap(socket.LocalEndPoint).ToString();
        _framing = new LineFraming(Encoding.ASCII.GetBytes(_local), options.MaxLineLength);
        _idle = time.CreateTimer(static s => ((TcpSession)s!).CloseIdle(), this, options.IdleTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Serves the client until it ends, idles, or is closed. Never throws.</summary>
    public async Task RunAsync()
    {
        long started = _time.GetTimestamp();
        string reason;
        try
        {
            reason = await AdmitAsync(_closing.Token).ConfigureAwait(false) ?? "it ended";
            if (_seats is not null || _options.Desk is null)
                await EchoAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            reason = _timedOut ? "it was idle for too long" : "the server is stopping";
        }
        catch (SocketException exception)
        {
            reason = exception.Message;
        }
        catch (Exception exception)
        {
            Log.SessionFailed(_logger, _client, exception);
            reason = "of an error";
        }

        TimeSpan lasted = _time.GetElapsedTime(started);
        if (_received > 0)
            Log.Closed(_logger, _client, reason, _received, _sent, lasted.TotalSeconds);
        else
            Log.ClosedSilent(_logger, _client, reason, lasted.TotalSeconds);
        Dispose();
    }

    /// <summary>Ends the session.</summary>
    public void Close() => Cancel();

    public void Dispose()
    {
        _idle.Dispose();
        _seats?.Dispose();
        _socket.Dispose();
        _framing.Dispose();
    }

    /// <summary>Lets the client in when it shows a good ticket in its first line. Returns the reason why not, or null.</summary>
    private async ValueTask<string?> AdmitAsync(CancellationToken closing)
    {
        if (_options.Desk is not { } desk)
            return null;
        ReadOnlyMemory<byte> ticket, rest;
        try
        {
            (ticket, rest) = await TicketLine.ReadAsync(_socket, _time, closing).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            return "it showed no ticket";
        }

        bool admitted = desk.TryRedeem(Encoding.UTF8.GetString(ticket.Span).TrimEnd('\r'), out _seats, out SeatRefusal refusal);
        string answer = admitted ? $"{_local} seats {_seats!.Seats}\n" : $"{_local} refused: {new SeatRefusedException(refusal).Message}\n";
        Answers.Write(Encoding.UTF8.GetBytes(answer));
        if (admitted)
        {
            _received += ticket.Length + 1 + rest.Length;
            Log.Opened(_logger, _client, _local);
            _framing.Feed(rest.Span, Answers);
        }

        await SendAsync(closing).ConfigureAwait(false);
        if (admitted)
            return null;
        _socket.Shutdown(SocketShutdown.Send);
        return $"its ticket was refused ({refusal})";
    }

    private async Task EchoAsync(CancellationToken closing)
    {
        while (true)
        {
            if (!await WaitForBytesAsync(closing).ConfigureAwait(false))
            {
                // The client paused without a line end.
                _framing.AnswerPartial(Answers);
                await SendAsync(closing).ConfigureAwait(false);
                continue;
            }

            if (!await ReceiveAsync(closing).ConfigureAwait(false))
                break;
            await SendAsync(closing).ConfigureAwait(false);
        }

        _framing.AnswerPartial(Answers);
        await SendAsync(closing).ConfigureAwait(false);
        _socket.Shutdown(SocketShutdown.Send);
    }

    private ArrayBufferWriter<byte> Answers => _answers ??= new ArrayBufferWriter<byte>(ReceiveSize);

    /// <summary>
    /// Waits for bytes. Returns false when there are bytes without a line end and the client has paused, so that they must be answered now.
    /// </summary>
    private async ValueTask<bool> WaitForBytesAsync(CancellationToken closing)
    {
        if (_socket.Available > 0)
            return true;
        if (!_framing.HasPartial || _framing.SpeaksInLines)
        {
            _answers = null;
            _framing.Rest();
            // A zero-byte receive waits for data, or for the end, without a buffer.
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, closing).ConfigureAwait(false);
            return true;
        }

        using CancellationTokenSource pause = new(Pause, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, closing);
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!closing.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Receives bytes. Returns false at the end of the client's data.</summary>
    private async ValueTask<bool> ReceiveAsync(CancellationToken closing)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            int read = await _socket.ReceiveAsync(buffer.AsMemory(0, ReceiveSize), SocketFlags.None, closing).ConfigureAwait(false);
            if (read == 0)
                return false;
            // Log a connection at its first bytes. Probes connect every few seconds without data, and would fill the log.
            if (_received == 0)
                Log.Opened(_logger, _client, _local);
            _received += read;
            Touch();
            _framing.Feed(buffer.AsSpan(0, read), Answers);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends all answers. Waits for a client that does not read, and reads nothing more from it meanwhile.</summary>
    private async ValueTask SendAsync(CancellationToken closing)
    {
        ReadOnlyMemory<byte> rest = Answers.WrittenMemory;
        while (!rest.IsEmpty)
        {
            int sent = await _socket.SendAsync(rest, SocketFlags.None, closing).ConfigureAwait(false);
            _sent += sent;
            Touch();
            rest = rest[sent..];
        }

        Answers.ResetWrittenCount();
    }

    private void Touch() => _idle.Change(_options.IdleTimeout, Timeout.InfiniteTimeSpan);

    private void CloseIdle()
    {
        _timedOut = true;
        Cancel();
    }

    private void Cancel() => _closing.Cancel();
}
