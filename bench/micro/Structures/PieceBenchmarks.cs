using System.Buffers;
using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Berth.Remote.Wire;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// An event of 4 MB that arrives in pieces of 4 KB and is read in items of 437 bytes, each in one span, as the reader of pods needs it:
/// through our own buffer, and through the runtime's pipe.
/// </summary>
[MemoryDiagnoser]
public class PieceBenchmarks
{
    private const int PieceLength = 4096;
    private const int Pieces = 1024;
    private const int ItemLength = 437;

    private readonly byte[] _piece = new byte[PieceLength];
    private readonly byte[] _item = new byte[ItemLength];
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));

    [Benchmark(Baseline = true, OperationsPerInvoke = Pieces)]
    public async Task<long> RuntimeAsync()
    {
        long sum = 0;
        for (int i = 0; i < Pieces; i++)
        {
            await _pipe.Writer.WriteAsync(_piece);
            if (_pipe.Reader.TryRead(out ReadResult result))
                _pipe.Reader.AdvanceTo(ReadItems(result.Buffer, ref sum), result.Buffer.End);
        }

        if (_pipe.Reader.TryRead(out ReadResult rest))
            _pipe.Reader.AdvanceTo(rest.Buffer.End);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Pieces)]
    public long Ours()
    {
        PieceBuffer data = new();
        long sum = 0;
        for (int i = 0; i < Pieces; i++)
        {
            ReadOnlySpan<byte> piece = _piece;
            while (!piece.IsEmpty)
            {
                if (data.IsFull && !data.IsSmall)
                    data.Remove(ReadItems(data.Unread, ref sum));
                if (data.IsFull)
                    data.Grow();
                piece = data.Add(piece);
            }
        }

        data.Remove(ReadItems(data.Unread, ref sum));
        return sum;
    }

    private SequencePosition ReadItems(ReadOnlySequence<byte> unread, ref long sum)
    {
        while (unread.Length >= ItemLength)
        {
            ReadOnlySequence<byte> item = unread.Slice(0, ItemLength);
            if (item.IsSingleSegment)
            {
                sum += item.FirstSpan[0] + item.FirstSpan[^1];
            }
            else
            {
                item.CopyTo(_item);
                sum += _item[0] + _item[^1];
            }

            unread = unread.Slice(ItemLength);
        }

        return unread.Start;
    }

    private static int ReadItems(ReadOnlySpan<byte> unread, ref long sum)
    {
        int read = 0;
        for (; unread.Length - read >= ItemLength; read += ItemLength)
            sum += unread[read] + unread[read + ItemLength - 1];
        return read;
    }
}
