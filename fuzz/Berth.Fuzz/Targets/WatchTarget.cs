using System.Buffers.Binary;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Fuzz.Targets;

/// <summary>
/// The bytes of a watch, in pieces whose lengths follow from the bytes themselves: the events must be the same as in one piece.
/// </summary>
internal static class WatchTarget
{
    public static FuzzTarget Framing { get; } = new("watch-framing", Read, static e => e is ResourceFormatException, BytesPerByte: 600);

    public static FuzzTarget FramingInProtobuf { get; } = new(
        "watch-framing-protobuf", ReadInProtobuf, static e => e is ResourceFormatException, BytesPerByte: 600);

    private static void Read(byte[] input)
    {
        List<byte[]> lines = Take(input, isProtobuf: false);
        Compare(input, lines);
        WatchEventDecoder<SliceObject> decoder = new(new SliceDecoder());
        foreach (byte[] line in lines)
            decoder.Decode(line);
    }

    private static void ReadInProtobuf(byte[] input)
    {
        List<byte[]> messages = Take(input, isProtobuf: true);
        int at = 0;
        foreach (byte[] message in messages)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(at));
            if (!input.AsSpan(at + sizeof(int), length).SequenceEqual(message))
                throw new InvalidOperationException($"The message at byte {at} differs from what was sent.");
            at += sizeof(int) + length;
        }

        ProtobufEventDecoder<SliceObject> decoder = new(new SliceDecoder().Protobuf!, "EndpointSlice");
        foreach (byte[] message in messages)
            decoder.Decode(message);
    }

    private static List<byte[]> Take(byte[] input, bool isProtobuf)
    {
        List<byte[]> taken = [];
        using WatchFraming framing = new(isProtobuf);
        int at = 0;
        while (at < input.Length)
        {
            int piece = Math.Min(1 + (input[at] * 7), input.Length - at);
            Memory<byte> into = framing.GetMemory();
            piece = Math.Min(piece, into.Length);
            input.AsSpan(at, piece).CopyTo(into.Span);
            framing.Advance(piece);
            at += piece;
            while (framing.TryTake(out ReadOnlySpan<byte> one))
                taken.Add(one.ToArray());
        }

        return taken;
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
