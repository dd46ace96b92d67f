using System.Buffers.Binary;

namespace Berth.LocalCluster.Tunnels;

/// <summary>
/// The server's side of a SPDY/3.1 connection, with what kubectl needs: the client opens streams, and both sides send data. kubectl's
/// library does not use flow-control windows, so this side does not either: if a client sends faster than a stream is read, the connection
/// is not read further until there is room.
/// </summary>
internal sealed class SpdyConnection(Stream transport, Func<SpdyConnection, TunnelStream, Task> serve) : IDisposable
{
    private const uint ProtocolError = 1;
    private const uint RefusedStream = 3;

    /// <summary>The limit of streams that are open at the same time. kubectl has two for each connection.</summary>
    private const int MaxStreams = 512;

    /// <summary>
    /// The headers of a reply: none, as a stored block followed by an empty block, after which a reader returns its data.
    /// </summary>
    private static readonly byte[] s_noHeaders = [0, 4, 0, 0xFB, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    private readonly SpdyHeaders _headers = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<uint, TunnelStream> _streams = new();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private uint _last;
    private bool _hasReplied;

    /// <summary>Serves streams until the client disconnects.</summary>
    /// <exception cref="TunnelException">The client sent what cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[SpdyFrame.MaxLength];
        try
        {
            while (await SpdyFrame.ReadAsync(transport, buffer, cancellationToken).ConfigureAwait(false) is { } frame)
                await TakeAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (TunnelException)
        {
            byte[] end = new byte[8];
            BinaryPrimitives.WriteUInt32BigEndian(end, _last);
            BinaryPrimitives.WriteUInt32BigEndian(end.AsSpan(4), ProtocolError);
            await SendAsync(SpdyFrame.Control(SpdyFrame.GoAway, end), cancellationToken).ConfigureAwait(false);
            throw;
        }
        finally
        {
            foreach (TunnelStream stream in _streams.Values)
                stream.End();
            await Task.WhenAll(_serving.Keys).ConfigureAwait(false);
        }
    }

    /// <summary>Sends data of a stream.</summary>
    public Task SendAsync(TunnelStream stream, ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellationToken) =>
        SendAsync(SpdyFrame.Data(stream.Id, data.Span, isLast), cancellationToken);

    public void Dispose()
    {
        _headers.Dispose();
        _sending.Dispose();
    }

    private async Task TakeAsync(SpdyFrame frame, CancellationToken cancellationToken)
    {
        switch (frame.Type)
        {
            case null:
                if (_streams.TryGetValue(frame.StreamId, out TunnelStream? stream))
                    await stream.PutAsync(frame.Payload, frame.IsLast, cancellationToken).ConfigureAwait(false);
                break;
            case SpdyFrame.SynStream:
                await OpenAsync(frame, cancellationToken).ConfigureAwait(false);
                break;
            case SpdyFrame.RstStream:
                if (_streams.TryRemove(Number(frame, 0, 8), out TunnelStream? reset))
                    reset.End();
                break;
            case SpdyFrame.Ping:
                // A ping with an even number answers one of ours, and we send none.
                if (Number(frame, 0, 4) % 2 == 1)
                    await SendAsync(SpdyFrame.Control(SpdyFrame.Ping, frame.Payload.Span), cancellationToken).ConfigureAwait(false);
                break;
            case SpdyFrame.Headers:
                // The headers must be read, because they change the state of the decompression.
                _ = Number(frame, 0, 4);
                _headers.Read(frame.Payload.Span[4..]);
                break;
            case SpdyFrame.Settings or SpdyFrame.GoAway or SpdyFrame.WindowUpdate:
                break;
            default:
                throw new TunnelException($"A control frame of type {frame.Type} came, which a client does not send.");
        }
    }

    private async Task OpenAsync(SpdyFrame frame, CancellationToken cancellationToken)
    {
        uint id = Number(frame, 0, 10) & 0x7FFFFFFF;
        IReadOnlyDictionary<string, string> headers = _headers.Read(frame.Payload.Span[10..]);
        if (id % 2 == 0 || id <= _last)
            throw new TunnelException($"The stream {id} was opened; the next of a client is an odd number above {_last}.");
        _last = id;
        if (_streams.Count >= MaxStreams)
        {
            byte[] refusal = new byte[8];
            BinaryPrimitives.WriteUInt32BigEndian(refusal, id);
            BinaryPrimitives.WriteUInt32BigEndian(refusal.AsSpan(4), RefusedStream);
            await SendAsync(SpdyFrame.Control(SpdyFrame.RstStream, refusal), cancellationToken).ConfigureAwait(false);
            return;
        }

        TunnelStream stream = new(id, headers);
        _streams[id] = stream;
        await ReplyAsync(id, cancellationToken).ConfigureAwait(false);
        if (frame.IsLast)
            await stream.PutAsync(default, isLast: true, cancellationToken).ConfigureAwait(false);
        Task serving = ServeAsync(stream);
        _serving[serving] = true;
        _ = serving.ContinueWith(
            done => _serving.TryRemove(done, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private Task ReplyAsync(uint id, CancellationToken cancellationToken)
    {
        byte[] stream = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(stream, id);
        // The first block starts the zlib stream.
        byte[] start = _hasReplied ? [] : [0x78, 0x01];
        _hasReplied = true;
        return SendAsync(SpdyFrame.Control(SpdyFrame.SynReply, [.. stream, .. start, .. s_noHeaders]), cancellationToken);
    }

    private async Task ServeAsync(TunnelStream stream)
    {
        try
        {
            await serve(this, stream).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException
            or System.Net.WebSockets.WebSocketException)
        {
            // The client has reset the stream or has disconnected.
        }

        await stream.Input.CompleteAsync().ConfigureAwait(false);
        _streams.TryRemove(stream.Id, out _);
    }

    private async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await transport.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
            await transport.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads a number of a frame that must have at least this many bytes.</summary>
    private static uint Number(SpdyFrame frame, int at, int least) => frame.Payload.Length >= least
        ? BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.Span[at..])
        : throw new TunnelException(
            $"A control frame of type {frame.Type} with {frame.Payload.Length} bytes came; it has at least {least}.");
}
