using System.Net;
using Berth.TestKit;

namespace Berth.Tests.Directory;

public sealed class ClashTests
{
    private static readonly ServiceTarget s_other = new("games", "match");

    [Fact]
    public void A_directory_that_follows_nothing_has_no_clash()
    {
        EndpointDirectory directory = new(new PushableSource());
        Assert.Empty(directory.FindPortClashes());
    }

    [Fact]
    public async Task Clashes_of_several_targets_are_one_each_with_all_claims()
    {
        TestClock time = new();
        PushableSource source = new();
        await using EndpointDirectory directory = new(source, new EndpointDirectoryOptions { TimeProvider = time });
        EndpointView one = directory.Follow(TestPods.Target, TestPods.Ports);
        EndpointView two = directory.Follow(s_other, TestPods.Ports);
        await source.PublishAsync(one, [TestPods.Endpoint(0), TestPods.Endpoint(1)]);
        await source.PublishAsync(two, [TestPods.Endpoint(0, "match"), TestPods.Endpoint(1, "match", address: "10.77.0.2")]);

        IReadOnlyList<PortClash> clashes = directory.FindPortClashes();
        PortClash clash = Assert.Single(clashes);
        Assert.Equal((IPAddress.Parse("10.77.0.1"), 3000), (clash.Address, clash.Port));
        Assert.Equal([s_other, TestPods.Target], clash.Claims.Select(static c => c.Target).OrderBy(static t => t.ToString()));

        // Nothing new: the same instance. A change that clashes in the same way: again the same.
        Assert.Same(clashes, directory.FindPortClashes());
        await source.PublishAsync(one, [TestPods.Endpoint(0), TestPods.Endpoint(2)]);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(clashes, directory.FindPortClashes());

        // No more than once a second.
        await source.PublishAsync(one, [TestPods.Endpoint(2)]);
        Assert.Same(clashes, directory.FindPortClashes());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(directory.FindPortClashes());
    }

    [Fact]
    public async Task One_pod_under_two_port_schemes_does_not_clash_with_itself()
    {
        PushableSource source = new();
        await using EndpointDirectory directory = new(source);
        PortScheme again = PortScheme.PerOrdinal(3000, 2);
        await source.PublishAsync(directory.Follow(TestPods.Target, TestPods.Ports), [TestPods.Endpoint(0)]);
        await source.PublishAsync(directory.Follow(TestPods.Target, again), [TestPods.Endpoint(0)]);

        Assert.Empty(directory.FindPortClashes());
    }
}
