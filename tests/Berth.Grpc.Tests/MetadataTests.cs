using System.Net;
using Berth.TestKit;
using Grpc.Core;
using static Berth.Grpc.GrpcFixture;

namespace Berth.Grpc;

/// <summary>Calls that name their pod in metadata.</summary>
public sealed class MetadataTests : IAsyncLifetime
{
    private readonly GrpcFixture _grpc = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _grpc.DisposeAsync();

    [Theory]
    [InlineData(BerthMetadata.Pod, "service-b-2", "service-b-2")]
    [InlineData(BerthMetadata.Ordinal, "1", "service-b-1")]
    public async Task A_named_pod_gets_the_call(string key, string value, string expected)
    {
        await _grpc.StartSetAsync(3);
        AskClient client = _grpc.Open();
        for (int i = 0; i < 5; i++)
            Assert.Equal(expected, await AskAsync(client, key, value));
    }

    [Fact]
    public async Task The_name_counts_before_ordinal_and_key()
    {
        await _grpc.StartSetAsync(3);
        AskClient client = _grpc.Open();
        Metadata metadata = new()
        {
            { BerthMetadata.Key, "room-1" },
            { BerthMetadata.Ordinal, "1" },
            { BerthMetadata.Pod, "service-b-2" },
        };
        string answer = await client.AskAsync(new CallOptions(metadata, cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("service-b-2|", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BerthMetadata.Pod, "service-b-7", "The picker pod:service-b-7 finds none of the 1 available pods")]
    [InlineData(BerthMetadata.Ordinal, "7", "The picker ordinal:7 finds none of the 1 available pods")]
    [InlineData(BerthMetadata.Ordinal, "1", "The picker ordinal:1 finds none of the 1 available pods")]
    public async Task A_pod_that_is_not_available_fails_the_call(string key, string value, string reason)
    {
        PodServer[] servers = await _grpc.StartSetAsync(2);
        await _grpc.PublishAsync(servers[0].Pod(0), servers[1].Pod(1, ready: false));
        Status status = await FailAsync(_grpc.Open(), key, value);
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.Contains(reason, status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1, 2")]
    [InlineData("4294967296")]
    public async Task An_ordinal_that_is_none_is_refused(string value)
    {
        await _grpc.StartSetAsync(1);
        Status status = await FailAsync(_grpc.Open(), BerthMetadata.Ordinal, value);
        Assert.Equal(StatusCode.Internal, status.StatusCode);
        Assert.Equal(
            $"The metadata berth-ordinal is '{value}'. Give the ordinal of a pod, 0 or more, or leave it out.", status.Detail);
    }

    [Fact]
    public async Task A_key_goes_where_the_sticky_picker_sends_it()
    {
        await _grpc.StartSetAsync(4);
        EndpointSnapshot snapshot = _grpc.View.Current!;
        AskClient client = _grpc.Open();
        HashSet<string> seen = [];
        // Twice, so that keys are found in the cache too.
        foreach (string key in Enumerable.Range(0, 80).Select(static i => $"room-{i % 40}"))
        {
            string expected = snapshot.PickSticky(key).Name;
            seen.Add(expected);
            Assert.Equal(expected, await AskAsync(client, BerthMetadata.Key, key));
        }

        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public async Task A_key_moves_on_while_its_pod_refuses_and_comes_back()
    {
        PodServer[] servers = await _grpc.StartSetAsync(2);
        // Nothing listens at this address, where port 1 is reserved.
        PodEndpoint refusing = PodEndpoint.Create(
            "service-b-2", TestPods.Target.Namespace, [IPAddress.Loopback], [new EndpointPort("", 1)], 2);
        await _grpc.PublishAsync(servers[0].Pod(0), servers[1].Pod(1), refusing);
        EndpointSnapshot all = _grpc.View.Current!;
        string key = Enumerable.Range(0, 100).Select(static i => $"room-{i}").First(k => all.PickSticky(k).Name == "service-b-2");
        EndpointSnapshot without = EndpointSnapshot.Create(TestPods.Target, TestPods.Ports, all.Available.Take(2));
        AskClient client = _grpc.Open();
        await UntilAsync(client, without.PickSticky(key).Name, BerthMetadata.Key, key);

        PodServer third = await _grpc.StartAsync("service-b-2");
        await _grpc.PublishAsync(servers[0].Pod(0), servers[1].Pod(1), third.Pod(2));
        await UntilAsync(client, "service-b-2", BerthMetadata.Key, key);
    }

    [Fact]
    public async Task A_replaced_pod_gets_the_calls_of_its_name()
    {
        await _grpc.StartSetAsync(1);
        AskClient client = _grpc.Open();
        Assert.Equal("service-b-0", await AskAsync(client, BerthMetadata.Pod, "service-b-0"));
        PodServer replacement = await _grpc.StartAsync("replacement");
        await _grpc.PublishAsync(replacement.Pod(0, uid: "another"));
        await UntilAsync(client, "replacement", BerthMetadata.Pod, "service-b-0");
    }

    [Fact]
    public async Task A_subset_gets_unnamed_calls_and_the_others_named_ones()
    {
        PodServer[] servers = await _grpc.StartSetAsync(6);
        AskClient client = _grpc.Open(options: new BerthGrpcOptions { Ports = TestPods.Ports, SubsetSize = 2, ClientName = "lobby-0" });
        // A pod whose connection is not ready yet gets no call. Both have answered before the connections are counted.
        SortedDictionary<string, int> counts = await Wait.UntilAsync(
            () => CountAsync(client, 40), static counts => counts.Count >= 2, Wait.Limit, "both pods of the subset",
            TestContext.Current.CancellationToken);
        Assert.True(counts.Count == 2, string.Join(", ", counts.Keys));
        Assert.Equal(2, servers.Count(static server => server.Connections > 0));
        foreach (int ordinal in Enumerable.Range(0, 6))
            Assert.Equal($"service-b-{ordinal}", await AskAsync(client, BerthMetadata.Ordinal, $"{ordinal}"));
    }

    [Fact]
    public async Task A_snapshot_that_is_too_stale_fails_calls()
    {
        TestClock clock = new();
        await using GrpcFixture grpc = new(new EndpointDirectoryOptions { TimeProvider = clock, MaxStale = TimeSpan.FromMinutes(1) });
        await grpc.StartSetAsync(1);
        AskClient client = grpc.Open();
        Assert.Equal("service-b-0", await AskAsync(client));
        grpc.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(grpc.View, static snapshot => snapshot.IsStale, TestContext.Current.CancellationToken);
        Assert.Equal("service-b-0", await AskAsync(client));

        clock.Advance(TimeSpan.FromSeconds(61));
        Status status = await FailAsync(client);
        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.StartsWith("The pods of k8s-example2/service-b are 61 s old", status.Detail, StringComparison.Ordinal);
    }
}
