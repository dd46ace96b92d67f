using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.LocalCluster.Controllers;

public sealed class ControllerLoopTests
{
    [Fact]
    public async Task Failed_key_is_tried_again_after_waits_that_double_up_to_four_seconds()
    {
        TestClock time = new();
        ObjectStore store = new(time, new NameGenerator(new Random(1)), 100);
        Failing failing = new(time);
        await using ControllerLoop loop = new(store, [failing], time, NullLogger.Instance);
        store.Create(KindTable.Node, KindTable.Node.NewObject(null, "good"));
        store.Create(KindTable.Node, KindTable.Node.NewObject(null, "bad"));
        loop.Start();
        DateTimeOffset last = (await failing.NextAsync()).At;
        foreach (int wait in (int[])[10, 20, 40, 80, 160, 320, 640, 1280, 2560, 4000, 4000, 4000])
        {
            TimeSpan due = TimeSpan.FromMilliseconds(wait);
            await time.WaitForTimerAsync(set => set == due, TestCluster.Token);
            time.Advance(due);
            DateTimeOffset at = (await failing.NextAsync()).At;
            Assert.Equal(due, at - last);
            last = at;
        }

        Assert.Equal(1, failing.Good);
    }

    [Fact]
    public async Task Change_that_a_controller_fails_to_take_in_is_read_again()
    {
        TestClock time = new();
        ObjectStore store = new(time, new NameGenerator(new Random(1)), 100);
        RecordingLogger logger = new();
        Forgetful forgetful = new();
        Good other = new();
        await using ControllerLoop loop = new(store, [forgetful, other], time, logger);
        StoredObject node = store.Create(KindTable.Node, KindTable.Node.NewObject(null, "n"));
        loop.Start();
        await other.NextAsync();

        // A removed object is in no list, so only the change itself tells of it.
        store.Remove(node);
        foreach (int wait in (int[])[10, 20, 40])
        {
            await other.NextAsync();
            TimeSpan due = TimeSpan.FromMilliseconds(wait);
            await time.WaitForTimerAsync(set => set == due, TestCluster.Token);
            Assert.False(forgetful.Removed.Task.IsCompleted);
            time.Advance(due);
        }

        await forgetful.Removed.Task.WaitAsync(Wait.Limit, TestCluster.Token);
        LogEntry entry = Assert.Single(logger.Entries);
        Assert.Equal(
            (10, "Controller Forgetful could not take in a change of Node /n; it tries again. The others continue."),
            (entry.Id, entry.Text));
    }

    /// <summary>Fails three times to say what a removal affects.</summary>
    private sealed class Forgetful : IController
    {
        private int _failures;

        public TaskCompletionSource Removed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IEnumerable<string> Affected(Change change) => change.After is not null ? []
            : _failures++ < 3 ? throw new InvalidOperationException("not yet")
            : ["/" + change.Last.Name];

        public void Reconcile(string? @namespace, string name) => Removed.TrySetResult();
    }

    private sealed class Good : IController
    {
        private readonly System.Threading.Channels.Channel<string> _reconciled =
            System.Threading.Channels.Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() =>
            _reconciled.Reader.ReadAsync(TestCluster.Token).AsTask().WaitAsync(Wait.Limit, TestCluster.Token);

        public IEnumerable<string> Affected(Change change) => ["/" + change.Last.Name];

        public void Reconcile(string? @namespace, string name) => _reconciled.Writer.TryWrite(name);
    }

    private sealed class Failing(TimeProvider time) : IController
    {
        private readonly System.Threading.Channels.Channel<(string Name, DateTimeOffset At)> _tried =
            System.Threading.Channels.Channel.CreateUnbounded<(string Name, DateTimeOffset At)>();

        public int Good { get; private set; }

        public Task<(string Name, DateTimeOffset At)> NextAsync() =>
            _tried.Reader.ReadAsync(TestCluster.Token).AsTask().WaitAsync(Wait.Limit, TestCluster.Token);

        public IEnumerable<string> Affected(Change change) => ["/" + change.Last.Name];

        public void Reconcile(string? @namespace, string name)
        {
            if (name == "good")
            {
                Good++;
                return;
            }

            _tried.Writer.TryWrite((name, time.GetUtcNow()));
            throw new InvalidOperationException("not yet");
        }
    }
}
