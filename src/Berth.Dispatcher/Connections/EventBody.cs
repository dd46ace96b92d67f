using System.Buffers.Text;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Connections;

/// <summary>
/// The body of an answer, written without Kestrel's HTTP side: each piece as a chunk (RFC 9112, 7.1), or unchanged for a client of
/// HTTP/1.0. A client that reads too slowly is disconnected, at the rate that Kestrel uses for its own answers.
/// </summary>
internal sealed class EventBody(ConnectionContext transport, TimeProvider time, bool isChunked) : PipeWriter
{
    /// <summary>The minimum rate at which a client must read buffered data, in bytes per second.</summary>
    internal const int MinBytesPerSecond = 240;

    /// <summary>
    /// The number of bytes that earlier small events may have left in the transport. The client must read these too before a flush
    /// completes. It is the default buffer of Kestrel's transport, which sends everything it has at once.
    /// </summary>
    internal const int Backlog = 64 * 1024;

    // Eight digits, so that the data can be written before its length is known.
    private const int SizeDigits = 8;
    private const int HeadLength = SizeDigits + 2;
    private const int TailLength = 2;

    private static readonly FlushResult s_gone = new(isCanceled: false, isCompleted: true);

    private readonly PipeWriter _output = transport.Transport.Output;
    private Memory<byte> _piece;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!isChunked)
            return _output.GetMemory(sizeHint);
        _piece = _output.GetMemory(Math.Max(sizeHint, 1) + HeadLength + TailLength);
        return _piece[HeadLength..^TailLength];
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (!isChunked)
        {
            _output.Advance(bytes);
            return;
        }

        // A chunk without data would end the body.
        if (bytes == 0)
            return;
        Span<byte> piece = _piece.Span;
        Utf8Formatter.TryFormat(bytes, piece, out _, new System.Buffers.StandardFormat('X', SizeDigits));
        "\r\n"u8.CopyTo(piece[SizeDigits..]);
        "\r\n"u8.CopyTo(piece[(HeadLength + bytes)..]);
        _piece = default;
        _output.Advance(HeadLength + bytes + TailLength);
    }

    /// <summary>Sends the written data. The result is completed when the client no longer receives; no exception is thrown.</summary>
    /// <param name="cancellationToken">Not used: the end of the connection ends a flush.</param>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        long bytes = _output.UnflushedBytes + Backlog;
        try
        {
            ValueTask<FlushResult> flush = _output.FlushAsync(CancellationToken.None);
            return flush.IsCompletedSuccessfully ? flush : WaitAsync(flush, TimeSpan.FromSeconds((double)bytes / MinBytesPerSecond));
        }
        catch (Exception exception)
        {
            return new ValueTask<FlushResult>(Cut(exception));
        }
    }

    /// <summary>
    /// Writes the last chunk, which tells the client that the body is complete. Without chunks the end of the connection tells it.
    /// </summary>
    public void WriteEnd()
    {
        if (!isChunked)
            return;
        ReadOnlySpan<byte> last = "0\r\n\r\n"u8;
        last.CopyTo(_output.GetSpan(last.Length));
        _output.Advance(last.Length);
    }

    /// <summary>The connection is completed by its owner.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush, TimeSpan allowed)
    {
        try
        {
            return await flush.AsTask().WaitAsync(allowed, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            transport.Abort(new ConnectionAbortedException("The client reads too slowly."));
            return s_gone;
        }
        catch (Exception exception)
        {
            return Cut(exception);
        }
    }

    /// <summary>
    /// Ends the connection after a failed send. The transport's errors, such as a client machine that is gone, surface in a flush. They
    /// mean the same as any client that went away.
    /// </summary>
    private FlushResult Cut(Exception exception)
    {
        transport.Abort(new ConnectionAbortedException("Sending to the client failed.", exception));
        return s_gone;
    }
}
