using System.Buffers;
using System.IO.Pipelines;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Server;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Dispatcher.Tests.Plain;

/// <summary>A client that does not take its answers has the time that Kestrel gives, counted in Kestrel's ticks.</summary>
public sealed class SlowReaderTests
{
    [Fact]
    public void The_time_is_that_of_Kestrel()
    {
        MinDataRate rate = new KestrelServerLimits().MinResponseDataRate!;
        Assert.Equal((240, TimeSpan.FromSeconds(5)), (rate.BytesPerSecond, rate.GracePeriod));
    }

    [Theory]
    [InlineData(24, 1, 6)]
    [InlineData(2400, 1, 11)]
    [InlineData(24_000, 1, 101)]
    // Earlier answers count too: 10 s for each.
    [InlineData(2400, 3, 31)]
    public async Task A_client_that_takes_nothing_is_cut_when_its_time_is_over(int length, int answers, int seconds)
    {
        // Without a change of the thread: when a write has returned, the answer waits for the client, and has its limit.
        Pipe input = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        // It holds all answers but the last one.
        Pipe output = new(new PipeOptions(pauseWriterThreshold: (length * (answers - 1)) + 1, resumeWriterThreshold: 1));
        CutConnection transport = new(input.Reader, output.Writer);
        ClientConnection connection = new();
        ValueTask<bool> running = new PlainRequests(new LongAnswers(length), TimeSpan.FromHours(1)).RunAsync(transport, connection);
        for (int i = 1; i <= answers; i++)
        {
            await input.Writer.WriteAsync("?"u8.ToArray(), TestContext.Current.CancellationToken);
            Assert.Equal((long)length * i, LengthOf(output.Reader));
        }

        for (int second = 0; second < seconds; second++)
            connection.Tick();
        Assert.False(transport.IsCut);
        connection.Tick();

        Assert.True(transport.IsCut);
        await output.Reader.CompleteAsync();
        Assert.False(await running);
    }

    private static long LengthOf(PipeReader reader)
    {
        if (!reader.TryRead(out ReadResult read))
            return 0;
        long length = read.Buffer.Length;
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        return length;
    }

    private sealed class LongAnswers(int length) : IPlainAnswers
    {
        public bool TryAnswer(ReadOnlySpan<byte> received, IBufferWriter<byte> output, bool isTls, out bool close)
        {
            close = false;
            output.Write(new byte[length]);
            return true;
        }
    }

    private sealed class CutConnection : DefaultConnectionContext, IConnectionLifetimeNotificationFeature
    {
        public CutConnection(PipeReader input, PipeWriter output)
        {
            Transport = new Duplex(input, output);
            Features.Set<IConnectionLifetimeNotificationFeature>(this);
        }

        public bool IsCut { get; private set; }

        public CancellationToken ConnectionClosedRequested { get; set; }

        public void RequestClose()
        {
        }

        public override void Abort() => IsCut = true;

        public override void Abort(ConnectionAbortedException abortReason) => IsCut = true;

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
