using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Berth.Bench.Cluster;

/// <summary>
/// Sends one write of the server in TLS records of 16 KB, as Go does. Kestrel alone would send one record for each of its pages of 4 KB,
/// and the client would decrypt four times as many records.
/// </summary>
internal sealed class RecordWriter(PipeWriter inner) : PipeWriter
{
    private const int RecordLength = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new(2 * RecordLength);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _bytes.WrittenCount;

    /// <summary>Adds a writer to every connection, inside its TLS.</summary>
    public static ConnectionDelegate Wrap(ConnectionDelegate next) => connection =>
    {
        connection.Transport = new Duplex(connection.Transport.Input, new RecordWriter(connection.Transport.Output));
        return next(connection);
    };

    public override void Advance(int bytes) => _bytes.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        FlushResult result = default;
        for (int at = 0; at < _bytes.WrittenCount && !result.IsCompleted; at += RecordLength)
        {
            ReadOnlyMemory<byte> piece = _bytes.WrittenMemory.Slice(at, Math.Min(RecordLength, _bytes.WrittenCount - at));
            piece.Span.CopyTo(inner.GetSpan(piece.Length));
            inner.Advance(piece.Length);
            result = await inner.FlushAsync(cancellationToken);
        }

        _bytes.ResetWrittenCount();
        return result;
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (exception is null)
            await FlushAsync();
        await inner.CompleteAsync(exception);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
