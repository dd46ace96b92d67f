using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Text.Json;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests;

/// <summary>One stream over a pipe, so that it can be seen how much waits for its client.</summary>
public sealed class WatchStreamTests
{
    private const int Pods = 4_000;

    [Theory]
    [InlineData(0, "snapshot")]
    [InlineData(1, "changes")]
    [InlineData(2, "changes")]
    public async Task However_large_an_event_little_of_it_waits_for_one_client(int seen, string kind)
    {
        PushableSource source = new();
        FakeTimeProvider time = new();
        using Meter meter = new("Berth");
        await using EndpointDirectory directory = new(source, new EndpointDirectoryOptions { TimeProvider = time, Meter = meter });
        DispatcherOptions options = new() { Targets = [new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports)] };
        using DispatcherState state = new(directory, options, time);
        WatchHub hub = state.First.WatchHub(state, NullLogger.Instance);
        List<EndpointSnapshot?> states = [null];
        for (int i = 1; i <= 3; i++)
        {
            string address = $"10.88.1.{i}";
            EndpointSnapshot next = await source.PublishAsync(state.First.View, Enumerable.Range(0, Pods).Select(p => DispatcherFixture.Pod(p, address)), cancellationToken: DispatcherFixture.Cancelled);
            while (!ReferenceEquals(hub.Now.Snapshot, next))
                await Task.Yield();
            states.Add(next);
        }

        // From here on one moment tells the last change and the end.
        await state.EndStreamsAsync();
        Pipe pipe = PipeText.Create();
        WatchStream stream = new(state, state.First, hub, states[seen], isChunked: true, new RequestCounts(meter), NullLogger.Instance);

        (string body, long most) = await PipeText.ReadAsync(pipe, stream.RunAsync(new TestConnection(pipe)));

        Assert.InRange(most, 1, 2 * PipeText.Threshold);
        (string data, bool isWhole) = RawStream.Join(body);
        Assert.True(isWhole);
        string[] lines = data.Split('\n');
        Assert.Equal(["retry: 2000", "", "event: " + kind, "id: " + EntityTag.IdOf(state.Epoch, states[3]!)], lines[..4]);
        using JsonDocument json = JsonDocument.Parse(lines[4]["data: ".Length..]);
        Assert.Equal(Pods, json.RootElement.GetProperty(kind == "snapshot" ? "endpoints" : kind).GetArrayLength());
        Assert.Equal(["", ""], lines[5..]);
        Assert.Equal(0, state.First.Watchers);
    }

    [Fact]
    public async Task A_hub_that_fails_ends_its_streams_and_the_next_client_has_another()
    {
        PushableSource source = new();
        using Meter meter = new("Berth");
        await using EndpointDirectory directory = new(source, new EndpointDirectoryOptions { Meter = meter });
        DispatcherOptions options = new() { Targets = [new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports)] };
        using DispatcherState state = new(directory, options, new FakeTimeProvider());
        EndpointSnapshot known = await source.PublishAsync(state.First.View, [DispatcherFixture.Pod(0)], cancellationToken: DispatcherFixture.Cancelled);
        WatchHub broken = state.First.WatchHub(state, NullLogger.Instance);
        WatchStream stream = new(state, state.First, broken, null, isChunked: true, new RequestCounts(meter), NullLogger.Instance);
        Pipe pipe = PipeText.Create();

        Task<(string Text, long Most)> reading = PipeText.ReadAsync(pipe, stream.RunAsync(new TestConnection(pipe)));
        while (!ReferenceEquals(broken.Now.Snapshot, known))
            await Task.Yield();
        // A pod without an address: something that no source gives.
        await source.PublishAsync(state.First.View, [new PodEndpoint { Name = "service-b-1", Namespace = "k8s-example2", Addresses = [null!], Ports = [] }], cancellationToken: DispatcherFixture.Cancelled);
        (string body, _) = await reading;

        // What it knew is told all the same, and the end is in order.
        (string data, bool isWhole) = RawStream.Join(body);
        Assert.True(isWhole);
        Assert.Contains("event: snapshot", data, StringComparison.Ordinal);
        await broken.Completion.WaitAsync(TimeSpan.FromSeconds(30), DispatcherFixture.Cancelled);
        WatchHub next = state.First.WatchHub(state, NullLogger.Instance);
        Assert.NotSame(broken, next);
        Assert.Same(next, state.First.WatchHub(state, NullLogger.Instance));
        Assert.False(next.Now.IsEnd);
        await state.EndStreamsAsync();
        Assert.False(next.HasFailed);
    }
}
