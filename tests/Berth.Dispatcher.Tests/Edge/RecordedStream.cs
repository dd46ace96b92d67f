using System.Buffers.Binary;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>A transport below TLS that keeps what it received, to look at its records.</summary>
internal sealed class RecordedStream(Stream inner) : Stream
{
    private const int HeadLength = 5;

    private readonly List<byte> _received = [];

    /// <summary>The number of bytes received.</summary>
    public int ReceivedLength => _received.Count;

    /// <summary>The content type of each record received (RFC 8446, 5.1).</summary>
    public IReadOnlyList<byte> RecordTypes
    {
        get
        {
            byte[] bytes = [.. _received];
            List<byte> types = [];
            for (int at = 0; at + HeadLength <= bytes.Length; at += HeadLength + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 3)))
                types.Add(bytes[at]);
            return types;
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        _received.AddRange(buffer.Span[..read]);
        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
