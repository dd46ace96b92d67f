using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Berth.Dispatcher.Connections;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests;

public sealed class EventBodyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_written_in_pieces_of_any_size_arrives_complete(bool isChunked)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        EventBody body = new(new TestConnection(pipe), new FakeTimeProvider(), isChunked);
        StringBuilder expected = new();
        Random random = new(7);
        for (int i = 0; i < 300; i++)
        {
            string piece = new((char)('a' + (i % 26)), random.Next(0, i % 10 == 0 ? 20_000 : 300));
            if (i % 2 == 0)
                body.Write(Encoding.ASCII.GetBytes(piece));
            else
                WriteAtOnce(body, piece, random.Next(3) * 100);
            expected.Append(piece);
        }

        body.WriteEnd();
        Assert.False((await body.FlushAsync(DispatcherFixture.Cancelled)).IsCompleted);
        await pipe.Writer.CompleteAsync();

        string sent = Encoding.ASCII.GetString(
            (await pipe.Reader.ReadAtLeastAsync(int.MaxValue, DispatcherFixture.Cancelled)).Buffer.ToArray());
        (string data, bool isWhole) = isChunked ? RawStream.Join(sent) : (sent, true);
        Assert.True(isWhole);
        Assert.Equal(expected.ToString(), data);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(240 * 60)]
    public async Task Unread_data_ends_the_connection_after_its_time(int bytes)
    {
        TimeSpan allowed = TimeSpan.FromSeconds((double)(bytes + EventBody.Backlog) / EventBody.MinBytesPerSecond);
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        FakeTimeProvider time = new();
        TestConnection connection = new(pipe);
        EventBody body = new(connection, time, isChunked: false);
        body.Write(new byte[bytes]);
        Task<FlushResult> flush = body.FlushAsync(DispatcherFixture.Cancelled).AsTask();
        time.Advance(allowed - TimeSpan.FromSeconds(1));
        Assert.False(flush.IsCompleted);
        Assert.Null(connection.AbortReason);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await flush.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled)).IsCompleted);
        Assert.NotNull(connection.AbortReason);
    }

    [Fact]
    public async Task A_client_that_takes_little_of_many_small_events_is_not_cut_off()
    {
        const int Each = 400;
        Pipe pipe = PipeText.Create();
        FakeTimeProvider time = new();
        TestConnection connection = new(pipe);
        EventBody body = new(connection, time, isChunked: false);
        Task<FlushResult> flush;
        do
        {
            body.Write(new byte[Each]);
            flush = body.FlushAsync(DispatcherFixture.Cancelled).AsTask();
        }
        while (flush.IsCompleted);

        // Slowly, and faster than it must: until half of what waits is taken, and more is.
        int seconds = 0;
        while (!flush.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            ReadResult read = await pipe.Reader.ReadAsync(DispatcherFixture.Cancelled);
            pipe.Reader.AdvanceTo(read.Buffer.GetPosition(Math.Min(Each, read.Buffer.Length)));
            Assert.InRange(++seconds, 1, PipeText.Threshold / Each);
            if (read.Buffer.Length <= PipeText.Threshold / 2)
                await flush.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        }

        Assert.False((await flush).IsCompleted);
        Assert.Null(connection.AbortReason);
    }

    [Fact]
    public async Task Data_read_late_but_in_time_keeps_the_connection()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        FakeTimeProvider time = new();
        TestConnection connection = new(pipe);
        EventBody body = new(connection, time, isChunked: true);
        body.Write("data"u8);
        Task<FlushResult> flush = body.FlushAsync(DispatcherFixture.Cancelled).AsTask();
        time.Advance(TimeSpan.FromSeconds(4));
        ReadResult read = await pipe.Reader.ReadAsync(DispatcherFixture.Cancelled);
        pipe.Reader.AdvanceTo(read.Buffer.End);

        Assert.False((await flush.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled)).IsCompleted);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(connection.AbortReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transport_that_fails_is_a_client_that_went_away(bool whileWaiting)
    {
        // The transport does this when a client's machine does not answer any more (ETIMEDOUT).
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        SocketException failure = new((int)SocketError.TimedOut);
        TestConnection connection = new(pipe);
        EventBody body = new(connection, new FakeTimeProvider(), isChunked: true);
        body.Write("data"u8);
        if (!whileWaiting)
            await pipe.Reader.CompleteAsync(failure);
        Task<FlushResult> flush = body.FlushAsync(DispatcherFixture.Cancelled).AsTask();
        Assert.Equal(!whileWaiting, flush.IsCompleted);
        if (whileWaiting)
            await pipe.Reader.CompleteAsync(failure);

        Assert.True((await flush.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled)).IsCompleted);
        Assert.Same(failure, connection.AbortReason?.InnerException);
    }

    private static void WriteAtOnce(EventBody body, string piece, int spare)
    {
        Span<byte> span = body.GetSpan(piece.Length + spare);
        Assert.True(span.Length >= piece.Length + spare);
        body.Advance(Encoding.ASCII.GetBytes(piece, span));
    }
}
