using System.Runtime.CompilerServices;
using System.Text;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Berth.Logging;
using Berth.TestKit;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Tests.Seats;

public sealed class SeatFeedTests
{
    private static readonly PodSeats s_seats = new("service-b-0", "open", 3, 3, 0, 0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Seats_that_cannot_be_read_are_read_again_for_the_same_watchers(bool isLoggerBroken)
    {
        RecordingLogger log = new();
        TestClock time = new();
        Board board = new();
        using CancellationTokenSource ending = new();
        await using EndpointDirectory directory = new(new PushableSource());
        ServedTarget target = new(directory.Follow(TestPods.Target, TestPods.Ports), new CompressionTurns());
        ILoggerFactory loggers = isLoggerBroken ? new ThrowingLogger() : log;
        SeatFeed feed = new(target, board, time, loggers.CreateSafeLogger("Berth"), ending.Token);

        feed.Add((WatchStream)RuntimeHelpers.GetUninitializedObject(typeof(WatchStream)));
        await time.WaitForTimerAsync(static due => due == SeatFeed.Pause, DispatcherFixture.Cancelled);
        Assert.Null(feed.Now);
        time.Advance(SeatFeed.Pause);
        await board.Waited.Task.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        Assert.Contains("service-b-0", Encoding.UTF8.GetString(feed.Now!.DataSince(0).Span), StringComparison.Ordinal);
        if (!isLoggerBroken)
            Assert.Contains("reading them for watchers failed once, and continues", Assert.Single(log.Texts), StringComparison.Ordinal);
        await ending.CancelAsync();
        await feed.Completion.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
    }

    /// <summary>A board that cannot be read the first time.</summary>
    private sealed class Board : ISeatBoard
    {
        private int _reads;

        public TaskCompletionSource Waited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FreeSeatPicker Picker => throw new NotSupportedException();

        public bool IsUsualPicker => false;

        public object Moment { get; } = new();

        public Task<bool> WaitForChangeAsync(object moment)
        {
            Waited.TrySetResult();
            return new TaskCompletionSource<bool>().Task;
        }

        public IReadOnlyList<PodSeats> Read() => ++_reads == 1 ? throw new InvalidOperationException("The board is broken.") : [s_seats];

        public PodSeats? Find(PodEndpoint endpoint) => null;
    }
}
