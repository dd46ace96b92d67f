using System.Buffers.Binary;
using System.Net.Security;

namespace Berth.TestKit;

/// <summary>
/// One connection through a <see cref="FrameRelay"/>: frames (RFC 9113, section 4.1) go through whole, but those of streams that were
/// refused.
/// </summary>
internal sealed class FrameLink(FrameRelay relay, SslStream client, SslStream server) : IDisposable
{
    private const int PrefaceLength = 24;
    private const int HeaderLength = 9;
    private const byte Headers = 1;
    private const byte Ping = 6;
    private const byte GoAway = 7;

    private readonly SemaphoreSlim _toClient = new(1);

    // A connection starts with the server's settings. Anything else first is an error, so nothing is sent before them.
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastStream;
    private volatile int _lastTaken = int.MaxValue;

    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(stop);
        byte[] preface = new byte[PrefaceLength];
        await client.ReadExactlyAsync(preface, both.Token);
        await server.WriteAsync(preface, both.Token);
        Task asking = PumpAsync(client, FromClientAsync, both.Token);
        Task answering = PumpAsync(server, ToClientAsync, both.Token);
        await Task.WhenAny(asking, answering);
        await both.CancelAsync();
        await Task.WhenAll(asking, answering);
    }

    public async Task GoAwayAsync(int lastStream, CancellationToken stop)
    {
        _lastTaken = lastStream;
        byte[] frame = new byte[HeaderLength + 8];
        frame[2] = 8;
        frame[3] = GoAway;
        // On stream 0; the payload is the last stream and the error code, which is none.
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeaderLength), lastStream);
        await ToClientAsync(frame, stop);
    }

    /// <summary>After GOAWAY a client closes at once, perhaps before the relay has finished its own write.</summary>
    public void Dispose()
    {
        _toClient.Wait();
        _toClient.Dispose();
    }

    private static async Task PumpAsync(SslStream from, Func<byte[], CancellationToken, Task> pass, CancellationToken stop)
    {
        byte[] header = new byte[HeaderLength];
        try
        {
            while (await from.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, stop) == HeaderLength)
            {
                int length = (header[0] << 16) | (header[1] << 8) | header[2];
                byte[] frame = new byte[HeaderLength + length];
                header.CopyTo(frame, 0);
                await from.ReadExactlyAsync(frame.AsMemory(HeaderLength), stop);
                await pass(frame, stop);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One end has closed, so the other must close too.
        }
    }

    private static int StreamOf(byte[] frame) => BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(5)) & int.MaxValue;

    private async Task FromClientAsync(byte[] frame, CancellationToken stop)
    {
        int stream = StreamOf(frame);
        // Its first flag is that of an answer.
        if (frame[3] == Ping && (frame[4] & 1) == 0 && BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(HeaderLength)) < 0)
            relay.CountPing();
        if (frame[3] == Headers && stream > _lastStream)
        {
            if (stream <= _lastTaken && relay.TakeRefusal())
                await RefuseAsync(stop);
            else
                _lastStream = stream;
        }

        // No frame of a refused stream may reach the server, because then the server would have processed it.
        if (stream <= _lastTaken)
            await server.WriteAsync(frame, stop);
    }

    private async Task RefuseAsync(CancellationToken stop)
    {
        await _greeted.Task.WaitAsync(stop);
        await GoAwayAsync(_lastStream, stop);
    }

    private async Task ToClientAsync(byte[] frame, CancellationToken stop)
    {
        await _toClient.WaitAsync(stop);
        try
        {
            await client.WriteAsync(frame, stop);
            _greeted.TrySetResult();
        }
        finally
        {
            _toClient.Release();
        }
    }
}
