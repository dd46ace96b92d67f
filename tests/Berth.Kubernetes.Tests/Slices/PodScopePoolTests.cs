using System.Globalization;
using System.Text;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

public class PodPlacePoolTests
{
    private readonly PodScopePool _pool = new(null, null);

    [Fact]
    public void Nodes_that_a_cloud_names_alike_have_one_place_each()
    {
        // All of one length, with the same beginning and the same end.
        string[] nodes = [.. Enumerable.Range(0, 5000).Select(static i =>
            string.Create(CultureInfo.InvariantCulture, $"ip-10-0-{100 + (i / 100)}-{100 + (i % 100)}.eu-west-1.compute.internal"))];
        PodScope[] first = [.. nodes.Select(node => Get(node, "eu-west-1a"))];
        PodScope[] second = [.. nodes.Select(node => Get(node, "eu-west-1a"))];

        Assert.Equal(nodes, first.Select(static scope => scope.Node));
        Assert.All(first.Zip(second), static pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public void Node_without_a_zone_and_with_one_are_two_places()
    {
        PodScope without = Get("node-1", null);

        Assert.Null(without.Zone);
        Assert.Equal("zone-a", Get("node-1", "zone-a").Zone);
        Assert.Equal("", Get("node-1", "").Zone);
        Assert.Null(Get("node-1", null).Zone);
    }

    [Fact]
    public void Pool_that_is_full_starts_again_with_equal_places()
    {
        PodScope before = Get("node-0", "zone");
        for (int i = 1; i <= 20_000; i++)
            Get(string.Create(CultureInfo.InvariantCulture, $"node-{i}"), "zone");
        PodScope after = Get("node-0", "zone");

        Assert.NotSame(before, after);
        Assert.True(before.IsSameAs(after));
    }

    private PodScope Get(string node, string? zone) =>
        _pool.Get("ns", Encoding.UTF8.GetBytes(node), true, Encoding.UTF8.GetBytes(zone ?? ""), zone is not null);
}
