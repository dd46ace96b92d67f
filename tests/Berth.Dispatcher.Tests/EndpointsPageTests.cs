using System.IO.Pipelines;
using System.Text.Json;
using Berth.Dispatcher.Json;

namespace Berth.Dispatcher.Tests;

public sealed class EndpointsPageTests
{
    [Fact]
    public async Task A_large_page_is_written_at_the_clients_pace()
    {
        const int Count = 5_000;
        Pipe pipe = PipeText.Create();
        EndpointSnapshot snapshot = EndpointSnapshot.Create(
            DispatcherFixture.B, DispatcherFixture.Ports, Enumerable.Range(0, Count).Select(static i => DispatcherFixture.Pod(i)));

        (string page, long most) = await PipeText.ReadAsync(
            pipe, EndpointsPage.StreamAsync(pipe.Writer, snapshot, age: null, [], DispatcherFixture.Cancelled).AsTask());

        // The bytes that wait are at most the bound and one flush.
        Assert.InRange(most, 1, 2 * PipeText.Threshold);
        using JsonDocument json = JsonDocument.Parse(page);
        Assert.Equal(Count, json.RootElement.GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task Large_page_stops_when_the_client_is_gone()
    {
        Pipe pipe = PipeText.Create();
        EndpointSnapshot snapshot = EndpointSnapshot.Create(
            DispatcherFixture.B, DispatcherFixture.Ports, Enumerable.Range(0, 5_000).Select(static i => DispatcherFixture.Pod(i)));
        await pipe.Reader.CompleteAsync();
        CountingWriter body = new(pipe.Writer);

        await EndpointsPage.StreamAsync(body, snapshot, age: null, [], DispatcherFixture.Cancelled);

        Assert.Equal(1, body.Flushes);
    }

    private sealed class CountingWriter(PipeWriter inner) : PipeWriter
    {
        public int Flushes { get; private set; }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Flushes++;
            return inner.FlushAsync(cancellationToken);
        }

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();
    }
}
