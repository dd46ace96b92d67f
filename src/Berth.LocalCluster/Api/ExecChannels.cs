using System.Net.WebSockets;
using System.Threading.Channels;
using Berth.LocalCluster.Runtime;

namespace Berth.LocalCluster.Api;

/// <summary>
/// The channels of <c>v4.channel.k8s.io</c> and <c>v5.channel.k8s.io</c>: input 0, output 1, errors 2, the end 3, the size 4. One loop
/// reads from the start to the close, because a cancelled read would break the connection before the end is sent.
/// </summary>
internal sealed class ExecChannels : IExecSession, IDisposable
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Errors = 2;
    private const byte End = 3;

    /// <summary>The channel on which a client of version 5 reports the end of another channel.</summary>
    private const byte Close = 255;

    /// <summary>The time that a client has to close its side.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Channel<ReadOnlyMemory<byte>> _input = Channel.CreateBounded<ReadOnlyMemory<byte>>(16);
    private readonly Task _reading;

    public ExecChannels(WebSocket socket, bool hasInput, bool isTerminal, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        HasInput = hasInput;
        IsTerminal = isTerminal;
        _reading = ReceiveAsync();
    }

    public bool HasInput { get; }

    public bool IsTerminal { get; }

    /// <summary>Completes when the client has disconnected.</summary>
    public Task Gone => _reading;

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) =>
        await _input.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)
        && _input.Reader.TryRead(out ReadOnlyMemory<byte> typed)
            ? typed
            : ReadOnlyMemory<byte>.Empty;

    public Task WriteAsync(ReadOnlyMemory<byte> output, bool isError, CancellationToken cancellationToken) =>
        SendAsync(isError ? Errors : Output, output, cancellationToken);

    /// <summary>Sends the result, and closes the connection.</summary>
    public async Task EndAsync(ReadOnlyMemory<byte> status, CancellationToken cancellationToken)
    {
        await SendAsync(End, status, cancellationToken).ConfigureAwait(false);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
        await _reading.WaitAsync(s_patience, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _sending.Dispose();

    /// <summary>Reads until the client closes the connection or disappears. Input without a reader is dropped.</summary>
    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[32 * 1024];
        byte channel = End;
        bool isFirst = true;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part =
                    await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;
                ReadOnlyMemory<byte> bytes = buffer.AsMemory(0, part.Count);
                if (isFirst && !bytes.IsEmpty)
                {
                    channel = bytes.Span[0];
                    bytes = bytes[1..];
                }

                isFirst = part.EndOfMessage;
                if (channel == Close && !bytes.IsEmpty && bytes.Span[0] == Input)
                    _input.Writer.TryComplete();
                else if (channel == Input && !bytes.IsEmpty && HasInput)
                    await WriteInputAsync(bytes.ToArray()).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has disconnected.
        }

        _input.Writer.TryComplete();
    }

    private async Task WriteInputAsync(byte[] typed)
    {
        try
        {
            await _input.Writer.WriteAsync(typed).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // Its end was reported before.
        }
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] message = new byte[bytes.Length + 1];
        message[0] = channel;
        bytes.CopyTo(message.AsMemory(1));
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }
}
