using System.Globalization;

namespace Berth.Remote.Transport;

/// <summary>
/// The body of a watch with its limits: the time without a byte, the time for one event, and the bytes of one event. An HttpClient has no
/// time limit of its own after the head of an answer.
/// </summary>
internal sealed class GuardedStream : Stream
{
    private readonly Stream _body;
    private readonly RemoteEndpointSourceOptions _options;
    private readonly CancellationTokenSource _closing;
    private readonly ITimer _silence;
    private long _eventBytes;
    private long _eventStarted;
    private volatile bool _isSilent;

    /// <param name="body">The body. Disposed by its owner.</param>
    /// <param name="options">The limits.</param>
    /// <param name="closing">Is cancelled when the stream becomes silent. Its token ends every read.</param>
    public GuardedStream(Stream body, RemoteEndpointSourceOptions options, CancellationTokenSource closing)
    {
        _body = body;
        _options = options;
        _closing = closing;
        _silence = options.TimeProvider.CreateTimer(
            static state => ((GuardedStream)state!).FallSilent(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        BeginEvent();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends an event: the limits of time and bytes start again for the next one.</summary>
    public void BeginEvent()
    {
        _eventBytes = 0;
        _eventStarted = _options.TimeProvider.GetTimestamp();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _silence.Change(_options.IdleTimeout, Timeout.InfiniteTimeSpan);
        int read;
        try
        {
            read = await _body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (_isSilent)
        {
            throw new IOException($"it sent nothing for {Seconds(_options.IdleTimeout)} s", exception);
        }
        finally
        {
            _silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _eventBytes += read;
        if (_eventBytes > _options.MaxEventBytes)
            throw new IOException($"it sent an event of more than {_options.MaxEventBytes} bytes (MaxEventBytes)");
        return read == 0 || _options.TimeProvider.GetElapsedTime(_eventStarted) < _options.EventTimeout
            ? read
            : throw new IOException($"it sent no complete event within {Seconds(_options.EventTimeout)} s");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Stops the timer, and waits until it can no longer report a silence.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _silence.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private void FallSilent()
    {
        _isSilent = true;
        _closing.Cancel();
    }
}
