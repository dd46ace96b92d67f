using System.Runtime.CompilerServices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Http;

/// <summary>
/// A connection that is read in large pieces while much data arrives. The platform's HTTP client reads 4 KiB at a time when a server sends
/// small chunks; a system call for each would be a sixth of the cost of a long list. A connection with little data has no buffer. An idle
/// one has none either, unless the last data filled a whole read.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : Stream
{
    private const int PieceLength = 64 * 1024;

    // Null unless much data arrives. Dispose does not return it to the pool, because a cancelled read may still write to it.
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _moreWaits;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end)
        {
            return cancellationToken.IsCancellationRequested
                ? ValueTask.FromCanceled<int>(cancellationToken)
                : new ValueTask<int>(Take(buffer.Span));
        }

        // A zero-byte read only asks whether data is available.
        if (buffer.IsEmpty || buffer.Length >= PieceLength)
            return inner.ReadAsync(buffer, cancellationToken);
        return _moreWaits ? ReadMuchAsync(buffer, cancellationToken) : ReadLittleAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadLittleAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _moreWaits = read == buffer.Length;
        return read;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadMuchAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _buffer ??= ReadBuffers.Rent(PieceLength);
        int read = await inner.ReadAsync(_buffer.AsMemory(0, PieceLength), cancellationToken).ConfigureAwait(false);
        _moreWaits = read == PieceLength;
        (_start, _end) = (0, read);
        return Take(buffer.Span);
    }

    private int Take(Span<byte> into)
    {
        int count = Math.Min(into.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(into);
        _start += count;
        if (_start == _end && !_moreWaits && _buffer is { } buffer)
        {
            _buffer = null;
            ReadBuffers.Return(buffer);
        }

        return count;
    }
}
