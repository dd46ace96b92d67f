using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Fuzz.Targets;

/// <summary>
/// The bytes of a watch, in pieces whose lengths follow from the bytes themselves: the lines must be the same as in one piece.
/// </summary>
internal static class WatchTarget
{
    public static FuzzTarget Framing { get; } = new("watch-framing", Read, static e => e is ResourceFormatException, BytesPerByte: 600);

    private static void Read(byte[] input)
    {
        List<byte[]> lines = [];
        using (WatchFraming framing = new())
        {
            int at = 0;
            while (at < input.Length)
            {
                int piece = Math.Min(1 + (input[at] * 7), input.Length - at);
                Memory<byte> into = framing.GetMemory();
                piece = Math.Min(piece, into.Length);
                input.AsSpan(at, piece).CopyTo(into.Span);
                framing.Advance(piece);
                at += piece;
                while (framing.TryTakeLine(out ReadOnlySpan<byte> line))
                    lines.Add(line.ToArray());
            }
        }

        Compare(input, lines);
        WatchEventDecoder<SliceObject> decoder = new(new SliceDecoder());
        foreach (byte[] line in lines)
            decoder.Decode(line);
    }

    private static void Compare(byte[] input, List<byte[]> lines)
    {
        int last = Array.LastIndexOf(input, (byte)'\n');
        int index = 0;
        foreach (Range range in input.AsSpan(0, last + 1).Split((byte)'\n'))
        {
            ReadOnlySpan<byte> expected = input.AsSpan(0, last + 1)[range].TrimEnd((byte)'\r');
            if (expected.IsEmpty)
                continue;
            if (index >= lines.Count || !expected.SequenceEqual(lines[index++]))
                throw new InvalidOperationException($"Line {index} differs from what was sent.");
        }

        if (index != lines.Count)
            throw new InvalidOperationException($"{lines.Count} lines came of {index}.");
    }
}
