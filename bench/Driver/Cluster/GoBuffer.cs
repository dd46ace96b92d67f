using System.Buffers;
using System.IO.Pipelines;

namespace Berth.Bench.Cluster;

/// <summary>
/// The buffer of a handler of Go's HTTP/2 server (bufio.Writer, 4,096 bytes). It is sent when it is full; a write that finds it empty and
/// is longer than it is sent as it is. A message after its length, or an object after its comma, is therefore cut there.
/// </summary>
internal sealed class GoBuffer(PipeWriter body)
{
    private const int Length = 4096;

    private int _used;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (bytes.Length > Length - _used)
        {
            ReadOnlyMemory<byte> piece = _used == 0 ? bytes : bytes[..(Length - _used)];
            body.Write(piece.Span);
            bytes = bytes[piece.Length..];
            await FlushAsync(cancellationToken);
        }

        body.Write(bytes.Span);
        _used += bytes.Length;
    }

    /// <summary>Sends what is in the buffer.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        _used = 0;
        await body.FlushAsync(cancellationToken);
    }
}
