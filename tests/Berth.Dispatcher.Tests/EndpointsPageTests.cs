using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Berth.Dispatcher.Tests;

public sealed class EndpointsPageTests
{
    [Fact]
    public async Task A_large_page_is_written_at_the_clients_pace()
    {
        const int Count = 5_000;
        const int Threshold = 64 * 1024;
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: Threshold, resumeWriterThreshold: Threshold / 2));
        EndpointSnapshot snapshot = EndpointSnapshot.Create(DispatcherFixture.B, DispatcherFixture.Ports, Enumerable.Range(0, Count).Select(static i => DispatcherFixture.Pod(i)));
        Task written = WriteAsync(pipe.Writer, snapshot);

        ArrayBufferWriter<byte> page = new();
        long most = 0;
        bool more = true;
        while (more)
        {
            ReadResult read = await pipe.Reader.ReadAsync(DispatcherFixture.Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), DispatcherFixture.Cancelled);
            most = Math.Max(most, read.Buffer.Length);
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                page.Write(piece.Span);
            pipe.Reader.AdvanceTo(read.Buffer.End);
            more = !read.IsCompleted;
        }

        await written;
        // What waits is the bound, and at most one flush above it.
        Assert.InRange(most, 1, 2 * Threshold);
        using JsonDocument json = JsonDocument.Parse(page.WrittenMemory);
        Assert.Equal(Count, json.RootElement.GetProperty("endpoints").GetArrayLength());
    }

    private static async Task WriteAsync(PipeWriter body, EndpointSnapshot snapshot)
    {
        await EndpointsPage.StreamAsync(body, snapshot, age: null, DispatcherFixture.Cancelled);
        await body.CompleteAsync();
    }
}
