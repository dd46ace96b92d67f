using System.Text;
using Berth.Kubernetes.Wire;
using CsCheck;

namespace Berth.Kubernetes.Reflector;

public sealed class WatchFramingTests
{
    [Fact]
    public void Lines_come_out_whole_wherever_they_were_split() =>
        Gen.Select(
            Gen.String[Gen.Char['a', 'z'], 0, 200].Array[0, 20], Gen.Int[1, 300].Array[1, 20],
            Gen.Bool).Sample(static (lines, pieces, windows) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + (windows ? "\r\n" : "\n"))) + "never ended");
            using WatchFraming framing = new();
            List<string> taken = [];
            int piece = 0;
            for (int at = 0; at < bytes.Length;)
            {
                Memory<byte> memory = framing.GetMemory();
                int count = Math.Min(Math.Min(pieces[piece++ % pieces.Length], bytes.Length - at), memory.Length);
                bytes.AsSpan(at, count).CopyTo(memory.Span);
                framing.Advance(count);
                at += count;
                while (framing.TryTake(out ReadOnlySpan<byte> line))
                    taken.Add(Encoding.UTF8.GetString(line));
            }

            Assert.Equal(lines.Where(static l => l.Length > 0), taken);
            Assert.Equal("never ended".Length, framing.Pending);
        });

    [Fact]
    public void Ten_megabytes_are_one_line_and_more_than_the_bound_is_an_error()
    {
        using WatchFraming framing = new();
        Push(framing, 10 * 1024 * 1024);
        Assert.False(framing.TryTake(out _));
        Memory<byte> memory = framing.GetMemory();
        memory.Span[0] = (byte)'\n';
        framing.Advance(1);
        Assert.True(framing.TryTake(out ReadOnlySpan<byte> line));
        Assert.Equal(10 * 1024 * 1024, line.Length);
        Assert.True(framing.GetMemory().Length <= 64 * 1024);
        Assert.Throws<ResourceFormatException>(() => Push(framing, WatchFraming.MaxEventLength * 3));
    }

    [Fact]
    public void Messages_come_out_whole_wherever_they_were_split() =>
        Gen.Select(Gen.Byte.Array[0, 40_000].Array[0, 12], Gen.Int[1, 20_000].Array[1, 20]).Sample(static (messages, pieces) =>
        {
            byte[] bytes = [.. messages.SelectMany(ProtobufWire.Framed), 0, 0, 1, 0, 7];
            using WatchFraming framing = new(isProtobuf: true);
            List<byte[]> taken = [];
            int piece = 0;
            for (int at = 0; at < bytes.Length;)
            {
                Memory<byte> memory = framing.GetMemory();
                int count = Math.Min(Math.Min(pieces[piece++ % pieces.Length], bytes.Length - at), memory.Length);
                bytes.AsSpan(at, count).CopyTo(memory.Span);
                framing.Advance(count);
                at += count;
                while (framing.TryTake(out ReadOnlySpan<byte> message))
                    taken.Add(message.ToArray());
            }

            Assert.Equal(messages, taken);
            Assert.Equal(5, framing.Pending);
        });

    [Fact]
    public void Message_of_the_longest_length_is_taken_and_a_longer_one_is_an_error()
    {
        using WatchFraming framing = new(isProtobuf: true);
        Push(framing, [1, 0, 0, 0]);
        Push(framing, WatchFraming.MaxEventLength - 1);
        Push(framing, [7], isTaken: true);
        Assert.True(framing.GetMemory().Length <= 64 * 1024);
        Push(framing, [1, 0, 0, 1]);
        Assert.Throws<ResourceFormatException>(() => framing.GetMemory());
    }

    private static void Push(WatchFraming framing, byte[] bytes, bool isTaken = false)
    {
        bytes.CopyTo(framing.GetMemory());
        framing.Advance(bytes.Length);
        Assert.Equal(isTaken, framing.TryTake(out _));
    }

    private static void Push(WatchFraming framing, int count)
    {
        while (count > 0)
        {
            Memory<byte> memory = framing.GetMemory();
            int some = Math.Min(memory.Length, count);
            memory.Span[..some].Fill((byte)'x');
            framing.Advance(some);
            Assert.False(framing.TryTake(out _));
            count -= some;
        }
    }
}
