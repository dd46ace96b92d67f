using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests;

/// <summary>One stream over a pipe, so that it can be seen how much waits for its client.</summary>
public sealed class WatchStreamTests
{
    private const int Pods = 4_000;

    [Theory]
    [InlineData(0, true, "snapshot")]
    [InlineData(1, true, "changes")]
    [InlineData(2, true, "changes")]
    [InlineData(2, false, "changes")]
    public async Task Large_event_buffers_little_for_one_client(int seen, bool isWatched, string kind)
    {
        await using Room room = new();
        if (isWatched)
            room.Hub.Add(room.CreateStream(null));
        List<EndpointSnapshot?> states = [null];
        for (int i = 1; i <= 3; i++)
            states.Add(await room.PublishAsync(Pods, $"10.88.1.{i}"));
        // The shared event exists only while a client watches.
        Assert.Equal(isWatched, room.Hub.Now.Frame.Length > PipeText.Threshold);

        // From here on one moment tells the last change and the end.
        await room.Hubs.EndAsync();
        Pipe pipe = PipeText.Create();
        (string body, long most) = await PipeText.ReadAsync(pipe, room.CreateStream(states[seen]).RunAsync(new TestConnection(pipe)));

        Assert.InRange(most, 1, 2 * PipeText.Threshold);
        (string data, bool isWhole) = RawStream.Join(body);
        Assert.True(isWhole);
        string[] lines = data.Split('\n');
        string id = EntityTag.IdOf(room.State.Epoch, states[3]!);
        Assert.Equal(["retry: 2000", "", "event: " + kind], lines[..3]);
        using JsonDocument json = JsonDocument.Parse(lines[3]["data: ".Length..]);
        Assert.Equal(Pods, json.RootElement.GetProperty(kind == "snapshot" ? "endpoints" : kind).GetArrayLength());
        Assert.Equal([$"id: {id}-sent", "", "event: mark", $"data: {{\"version\":{states[3]!.Version}}}", $"id: {id}", "", ""], lines[4..]);
        Assert.Equal(0, room.Target.Watchers);
    }

    [Fact]
    public async Task Thousands_of_pods_left_out_are_streamed()
    {
        await using Room room = new();
        EndpointSnapshot first = await room.PublishAsync(3, "10.88.1.1");
        EndpointSnapshot last = await room.Source.PublishAsync(
            room.Target.View,
            Enumerable.Range(0, 200).Select(static i => DispatcherFixture.Pod(i)),
            Enumerable.Range(0, Pods).Select(static i => new LeftOutPod($"web-{i}", LeftOutReason.NoExternalAddress, "why")),
            DispatcherFixture.Cancelled);
        Pipe pipe = PipeText.Create();

        async Task WriteAsync()
        {
            await WatchEvents.StreamChangesAsync(pipe.Writer, "epoch", first, last, inLines: false, DispatcherFixture.Cancelled);
            await pipe.Writer.FlushAsync(DispatcherFixture.Cancelled);
        }

        (string text, long most) = await PipeText.ReadAsync(pipe, WriteAsync());

        Assert.InRange(most, 1, 2 * PipeText.Threshold);
        Assert.Equal(Encoding.UTF8.GetString(WatchEvents.Changes("epoch", first, last).Span), text);
        using JsonDocument json = JsonDocument.Parse(text.Split('\n')[1]["data: ".Length..]);
        Assert.Equal(Pods, json.RootElement.GetProperty("leftOut").GetArrayLength());
    }

    [Theory]
    [InlineData(Pods)]
    [InlineData(3)]
    public async Task Only_small_events_are_kept_while_nothing_changes(int pods)
    {
        await using Room room = new();
        room.Hub.Add(room.CreateStream(null));
        await room.PublishAsync(pods, "10.88.1.1");
        await room.PublishAsync(pods, "10.88.1.2");
        WatchMoment change = room.Hub.Now;
        Assert.NotEqual(0, change.Frame.Length);

        await Wait.ForAsync(
            () => !ReferenceEquals(room.Hub.Now, change), () => room.Time.Advance(TimeSpan.FromSeconds(1)),
            DispatcherFixture.Cancelled);

        Assert.Equal(pods == Pods ? 0 : change.Frame.Length, room.Hub.Now.Frame.Length);
        Assert.Same(change.Snapshot, room.Hub.Now.Snapshot);
    }

    [Fact]
    public async Task Clients_that_come_back_from_one_state_share_one_comparison()
    {
        await using Room room = new();
        WatchHub hub = room.Hub;
        EndpointSnapshot first = await room.PublishAsync(3, "10.88.1.1");
        await room.PublishAsync(3, "10.88.1.2");
        EndpointSnapshot last = await room.PublishAsync(4, "10.88.1.2");

        ReadOnlyMemory<byte> changes = hub.FindFewChanges(first, last);

        Assert.Equal(4, Encoding.UTF8.GetString(changes.Span).Split("\"kind\":").Length - 1);
        Assert.True(changes.Equals(hub.FindFewChanges(first, last)));
        Assert.False(changes.Equals(hub.FindFewChanges(last, first)));
        // Many are written for each client as it takes them.
        Assert.Equal(0, hub.FindFewChanges(last, await room.PublishAsync(Pods, "10.88.1.3")).Length);
    }

    [Fact]
    public async Task Failed_hub_ends_its_streams_and_is_replaced()
    {
        await using Room room = new();
        WatchHub broken = room.Hub;
        Pipe pipe = PipeText.Create();
        Task<(string Text, long Most)> reading = PipeText.ReadAsync(pipe, room.CreateStream(null).RunAsync(new TestConnection(pipe)));
        await room.PublishAsync(1, "10.88.1.1");

        // A pod whose address is null: something that no source gives.
        PodEndpoint wrong = PodEndpoint.Create("service-b-1", "k8s-example2", [null!], [new EndpointPort("", 1)], 1);
        await room.Source.PublishAsync(room.Target.View, [wrong], cancellationToken: DispatcherFixture.Cancelled);

        Assert.True(RawStream.Join((await reading).Text).IsWhole);
        await broken.Completion.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        Assert.True(broken.HasFailed);
        Assert.NotSame(broken, room.Hub);
        Assert.Same(room.Hub, room.Hub);
        await room.PublishAsync(1, "10.88.1.2");
        Assert.False(room.Hub.Now.IsEnd);
    }

    /// <summary>A dispatcher's state without its server.</summary>
    private sealed class Room : IAsyncDisposable
    {
        private readonly Meter _meter = new("Berth");
        private readonly EndpointDirectory _directory;

        public Room()
        {
            _directory = new EndpointDirectory(Source, new EndpointDirectoryOptions { TimeProvider = Time, Meter = _meter });
            State = new DispatcherState(
                _directory, new DispatcherOptions { Targets = [new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports)] }, Time);
            Hubs = new WatchHubs(State, NullLogger.Instance);
        }

        public PushableSource Source { get; } = new();

        public FakeTimeProvider Time { get; } = new();

        public DispatcherState State { get; }

        public WatchHubs Hubs { get; }

        public ServedTarget Target => State.First;

        public WatchHub Hub => Hubs.Of(Target);

        public WatchStream CreateStream(EndpointSnapshot? seen) =>
            new(
                State, Target, Hub, seen, isChunked: true, tellsSource: false, seats: null, inLines: false, slot: null,
                ended: null, NullLogger.Instance);

        /// <summary>Publishes a set, and waits until the hub tells it.</summary>
        public async Task<EndpointSnapshot> PublishAsync(int pods, string address)
        {
            WatchHub hub = Hub;
            EndpointSnapshot next = await Source.PublishAsync(
                Target.View, Enumerable.Range(0, pods).Select(p => DispatcherFixture.Pod(p, address)),
                cancellationToken: DispatcherFixture.Cancelled);
            await Wait.ForAsync(() => ReferenceEquals(hub.Now.Snapshot, next), DispatcherFixture.Cancelled);
            return next;
        }

        public async ValueTask DisposeAsync()
        {
            await Hubs.EndAsync();
            State.Dispose();
            await _directory.DisposeAsync();
            _meter.Dispose();
        }
    }
}
