using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.LocalCluster.Controllers;

public sealed class ControllerLoopTests
{
    [Fact]
    public async Task What_fails_is_tried_again_after_waits_that_double_up_to_four_seconds()
    {
        FakeTimeProvider time = new();
        ObjectStore store = new(time, new NameGenerator(new Random(1)), 100);
        Failing failing = new(time);
        await using ControllerLoop loop = new(store, [failing], time, NullLogger.Instance);
        store.Create(KindTable.Node, KindTable.Node.NewObject(null, "good"));
        store.Create(KindTable.Node, KindTable.Node.NewObject(null, "bad"));
        loop.Start();
        DateTimeOffset last = (await failing.NextAsync()).At;
        List<double> waits = [];
        while (waits.Count < 12)
        {
            Task<(string Name, DateTimeOffset At)> next = failing.NextAsync();
            while (!next.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }

            waits.Add(((await next).At - last).TotalMilliseconds);
            last = (await next).At;
        }

        // Each at least as long as asked for: the clock here moves without waiting for the loop.
        double[] least = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 4000, 4000, 4000];
        Assert.All(waits.Zip(least), pair => Assert.True(pair.First >= pair.Second, $"{pair.First} ms, not {pair.Second} ms"));
        Assert.Equal(1, failing.Good);
    }

    private sealed class Failing(TimeProvider time) : IController
    {
        private readonly System.Threading.Channels.Channel<(string Name, DateTimeOffset At)> _tried =
            System.Threading.Channels.Channel.CreateUnbounded<(string Name, DateTimeOffset At)>();

        public int Good { get; private set; }

        public Task<(string Name, DateTimeOffset At)> NextAsync() => _tried.Reader.ReadAsync(TestCluster.Token).AsTask();

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
