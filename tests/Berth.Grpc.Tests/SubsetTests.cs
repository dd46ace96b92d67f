using Berth.Grpc.Balancing;
using Berth.Grpc.Resolving;
using Berth.TestKit;

namespace Berth.Grpc;

/// <summary>The pods that a channel keeps connections to, when there are more than it wants.</summary>
public sealed class SubsetTests : IAsyncLifetime
{
    private readonly GrpcFixture _grpc = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _grpc.DisposeAsync();

    [Theory]
    [InlineData(1000, 20, 20)]
    [InlineData(20, 20, 20)]
    [InlineData(3, 20, 3)]
    public void A_subset_has_its_size(int pods, int size, int expected) =>
        Assert.Equal(expected, Choose("lobby-0", size, Enumerable.Range(0, pods)).Count);

    [Fact]
    public void A_subset_is_the_same_each_time() =>
        Assert.Equal(Choose("lobby-0", 20, Enumerable.Range(0, 1000)), Choose("lobby-0", 20, Enumerable.Range(0, 1000)));

    [Fact]
    public void Pods_that_join_change_at_most_one_pod_each()
    {
        HashSet<string> before = Choose("lobby-0", 20, Enumerable.Range(0, 500));
        for (int count = 501; count <= 700; count++)
        {
            HashSet<string> after = Choose("lobby-0", 20, Enumerable.Range(0, count));
            Assert.InRange(before.Except(after, StringComparer.Ordinal).Count(), 0, 1);
            before = after;
        }
    }

    [Fact]
    public void Pods_that_leave_are_replaced_one_by_one()
    {
        HashSet<string> before = Choose("lobby-0", 20, Enumerable.Range(0, 500));
        HashSet<string> after = Choose("lobby-0", 20, Enumerable.Range(0, 500).Where(static ordinal => ordinal % 50 != 0));
        Assert.Equal(
            before.Count(static name => int.Parse(name["service-b-".Length..], null) % 50 == 0),
            before.Except(after, StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Many_clients_cover_all_pods_about_evenly()
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string client in Enumerable.Range(0, 400).Select(static i => $"lobby-{i}"))
        {
            foreach (string pod in Choose(client, 20, Enumerable.Range(0, 100)))
                counts[pod] = counts.GetValueOrDefault(pod) + 1;
        }

        // 80 each in the mean, with a standard deviation of 8.
        Assert.Equal(100, counts.Count);
        Assert.All(counts.Values, static count => Assert.InRange(count, 45, 115));
    }

    [Fact]
    public void Channels_without_a_name_have_different_subsets()
    {
        BerthGrpcOptions options = new() { Ports = TestPods.Ports, SubsetSize = 20, Random = new Random(7) };
        Assert.NotEqual(Choose(options, Enumerable.Range(0, 1000)), Choose(options, Enumerable.Range(0, 1000)));
    }

    private HashSet<string> Choose(string client, int size, IEnumerable<int> ordinals) =>
        Choose(new BerthGrpcOptions { Ports = TestPods.Ports, SubsetSize = size, ClientName = client }, ordinals);

    private HashSet<string> Choose(BerthGrpcOptions options, IEnumerable<int> ordinals)
    {
        Channel channel = Channel.Of(new Uri(GrpcFixture.Address), options);
        EndpointSnapshot snapshot = TestPods.Snapshot(ordinals.Select(static ordinal => TestPods.Endpoint(ordinal)));
        ResolvedPods pods = ResolvedPods.Of(channel, _grpc.View, snapshot, null);
        bool[] isChosen = Subset.Of(pods);
        return [.. pods.Pods.Where((_, i) => isChosen[i]).Select(static pod => pod.Pod.Name)];
    }
}
