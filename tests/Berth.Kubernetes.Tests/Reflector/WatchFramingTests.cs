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
                while (framing.TryTakeLine(out ReadOnlySpan<byte> line))
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
        Assert.False(framing.TryTakeLine(out _));
        Memory<byte> memory = framing.GetMemory();
        memory.Span[0] = (byte)'\n';
        framing.Advance(1);
        Assert.True(framing.TryTakeLine(out ReadOnlySpan<byte> line));
        Assert.Equal(10 * 1024 * 1024, line.Length);
        Assert.True(framing.GetMemory().Length <= 64 * 1024);
        Assert.Throws<ResourceFormatException>(() => Push(framing, WatchFraming.MaxLineLength * 3));
    }

    private static void Push(WatchFraming framing, int count)
    {
        while (count > 0)
        {
            Memory<byte> memory = framing.GetMemory();
            int some = Math.Min(memory.Length, count);
            memory.Span[..some].Fill((byte)'x');
            framing.Advance(some);
            Assert.False(framing.TryTakeLine(out _));
            count -= some;
        }
    }
}
