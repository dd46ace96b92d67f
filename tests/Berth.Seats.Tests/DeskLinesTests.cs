using System.Text;
using Berth.Seats.Clients;

namespace Berth.Seats.Tests;

/// <summary>The lines of a desk's stream.</summary>
public sealed class DeskLinesTests
{
    private const int MaxLength = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task Lines_are_whole_wherever_the_stream_is_cut(int piece)
    {
        string[] lines = ["data: {}", "", ":", new string('x', 15_000), "data: \u00e9", new string('y', 9_000)];
        using CutStream stream = new(string.Concat(lines.Select(static line => line + "\n")) + "a line without an end", piece);

        Assert.Equal(lines, await ReadAsync(stream));
    }

    [Fact]
    public async Task Line_that_is_too_long_ends_the_stream()
    {
        using CutStream stream = new("data: {}\n" + new string('x', MaxLength + 1), 1000);

        IOException exception = await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream));
        Assert.Equal("A line of the desk has more than 20000 bytes.", exception.Message);
    }

    [Fact]
    public async Task Longest_line_is_read()
    {
        using CutStream stream = new(new string('x', MaxLength) + "\n", 1000);

        Assert.Equal(MaxLength, Assert.Single(await ReadAsync(stream)).Length);
    }

    private static async Task<List<string>> ReadAsync(Stream stream)
    {
        List<string> lines = [];
        await foreach (ReadOnlyMemory<byte> line in DeskLines.ReadAsync(stream, MaxLength, SeatFixture.Cancelled))
            lines.Add(Encoding.UTF8.GetString(line.Span));
        return lines;
    }

    /// <summary>A stream that gives at most so many bytes at once.</summary>
    private sealed class CutStream(string text, int piece) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
