using System.Buffers.Text;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Connections;

/// <summary>
/// The body of an answer that is written past Kestrel's HTTP side: each piece as a chunk (RFC 9112, 7.1), or as it is for a client of
/// HTTP/1.0. A client that takes next to nothing is cut off, by the rate that Kestrel has for its own answers.
/// </summary>
internal sealed class EventBody(ConnectionContext transport, TimeProvider time, bool isChunked) : PipeWriter
{
    /// <summary>The least that a client must take of what waits for it, in bytes a second.</summary>
    internal const int LeastBytesPerSecond = 240;

    /// <summary>
    /// What may wait in the transport besides the last flush, and has to be taken too before that is over: the default of Kestrel's
    /// transport, which sends what it has as one. Many small events may have filled it.
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

    /// <summary>Sends what was written. The result is completed when the client no longer receives; no exception says so.</summary>
    /// <param name="cancellationToken">Not needed: the end of the connection ends a flush.</param>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        long bytes = _output.UnflushedBytes + Backlog;
        try
        {
            ValueTask<FlushResult> flush = _output.FlushAsync(CancellationToken.None);
            return flush.IsCompletedSuccessfully ? flush : WaitAsync(flush, TimeSpan.FromSeconds((double)bytes / LeastBytesPerSecond));
        }
        catch (Exception exception)
        {
            return new ValueTask<FlushResult>(Cut(exception));
        }
    }

    /// <summary>Writes what tells the client that the body is whole. Without chunks the end of the connection does.</summary>
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
            transport.Abort(new ConnectionAbortedException("The client took too little of what was sent to it."));
            return s_gone;
        }
        catch (Exception exception)
        {
            return Cut(exception);
        }
    }

    /// <summary>
    /// What the transport's sending failed with, such as a client whose machine is gone, comes out of a flush. It is a client that went
    /// away, as any other.
    /// </summary>
    private FlushResult Cut(Exception exception)
    {
        transport.Abort(new ConnectionAbortedException("Sending to the client failed.", exception));
        return s_gone;
    }
}
