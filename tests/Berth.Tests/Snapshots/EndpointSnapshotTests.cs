using System.Net;

namespace Berth.Tests.Snapshots;

public sealed class EndpointSnapshotTests
{
    [Fact]
    public void Available_is_the_list_of_all_while_every_pod_is_available()
    {
        EndpointSnapshot all = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1));
        EndpointSnapshot some = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1, ready: false));

        Assert.Same(all.Endpoints, all.Available);
        Assert.Equal(["service-b-0"], some.Available.Select(static e => e.Name));
        Assert.Equal(2, some.Endpoints.Count);
    }

    [Fact]
    public void Available_are_those_ready_serving_and_not_terminating()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(
            TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1, ready: false), TestKit.TestPods.Endpoint(2, serving: false),
            TestKit.TestPods.Endpoint(3, ready: false, terminating: true),
            TestKit.TestPods.Endpoint(4, ready: false, serving: false, terminating: true));
        Assert.Equal(["service-b-0"], snapshot.Available.Select(e => e.Name));
        Assert.Equal(
            [PodState.Ready, PodState.NotReady, PodState.NotReady, PodState.Draining, PodState.Terminating],
            snapshot.Endpoints.Select(e => e.State));
    }

    [Fact]
    public void Pods_of_two_StatefulSets_are_distinct_and_clashes_reported()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(
            TestKit.TestPods.Endpoint(0, "blue"), TestKit.TestPods.Endpoint(0, "green"),
            TestKit.TestPods.Endpoint(1, "green", address: "10.77.0.2"));
        Assert.Equal(3, snapshot.Endpoints.Count);
        PortClash clash = Assert.Single(snapshot.FindPortClashes());
        Assert.Equal(["blue-0", "green-0"], clash.Pods);
        Assert.Equal((IPAddress.Parse("10.77.0.1"), 3000), (clash.Address, clash.Port));
        Assert.Same(snapshot.FindPortClashes(), snapshot.FindPortClashes());
        Assert.Equal("blue-0", snapshot.FindByOrdinal(0)!.Name);
    }

    [Fact]
    public void Why_nothing_is_available_is_true_of_what_is_there()
    {
        string? unready = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0, ready: false)).UnavailableReason;
        Assert.Contains("'kubectl describe pod -n k8s-example2 service-b-0' says why", unready, StringComparison.Ordinal);
        Assert.Contains("readiness gate", unready, StringComparison.Ordinal);
        string? going = TestKit.TestPods.Snapshot(TestKit.TestPods.Endpoint(0, terminating: true)).UnavailableReason;
        Assert.DoesNotContain("describe", going, StringComparison.Ordinal);
        // Pods without a node are in no slice, so their absence says nothing about the Service.
        Assert.Contains("(Pending) does not count", TestKit.TestPods.Snapshot().UnavailableReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_of_one_set_on_one_node_are_all_kept_and_do_not_clash()
    {
        EndpointSnapshot snapshot = TestKit.TestPods.Snapshot(260);
        Assert.Equal(260, snapshot.Endpoints.Count);
        Assert.Empty(snapshot.FindPortClashes());
    }

    [Theory]
    [InlineData("10.77.0.1", "10.77.0.1:3002")]
    [InlineData("fd00:77::1", "[fd00:77::1]:3002")]
    public void The_authority_is_what_a_client_dials(string address, string expected)
    {
        PodEndpoint endpoint = TestKit.TestPods.Endpoint(2, address: address);
        Assert.Equal(expected, endpoint.Authority);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(endpoint.AuthorityUtf8.Span));
    }

    [Fact]
    public void Without_ordinals_pods_are_found_by_name()
    {
        EndpointPort[] ports = [new EndpointPort("", 7000)];
        PodEndpoint[] pods =
            [.. Enumerable.Range(0, 600).Select(i => PodEndpoint.Create($"agent-{i:x8}", "n", [IPAddress.Loopback], ports))];
        EndpointSnapshot snapshot = EndpointSnapshot.Create(TestKit.TestPods.Target, PortScheme.Fixed(7000), pods);
        Assert.All(pods, p => Assert.Same(p, snapshot.FindByName(p.Name)));
        Assert.Null(snapshot.FindByOrdinal(0));
    }

    [Fact]
    public void The_comparison_names_what_happened_to_each_pod()
    {
        EndpointSnapshot before = TestKit.TestPods.Snapshot(
            TestKit.TestPods.Endpoint(0), TestKit.TestPods.Endpoint(1), TestKit.TestPods.Endpoint(2, ready: false),
            TestKit.TestPods.Endpoint(3), TestKit.TestPods.Endpoint(4), TestKit.TestPods.Endpoint(5));
        EndpointSnapshot after = TestKit.TestPods.Snapshot(
            TestKit.TestPods.Endpoint(1, uid: "new"), TestKit.TestPods.Endpoint(2), TestKit.TestPods.Endpoint(3, ready: false),
            TestKit.TestPods.Endpoint(4, ready: false, terminating: true),
            TestKit.TestPods.Endpoint(5, address: "10.77.0.9"), TestKit.TestPods.Endpoint(6));
        Assert.Equal(
            [
                ("service-b-0", PodChangeKind.Left), ("service-b-1", PodChangeKind.Replaced), ("service-b-2", PodChangeKind.Ready), (
                    "service-b-3", PodChangeKind.NotReady),
                ("service-b-4", PodChangeKind.Draining), ("service-b-5", PodChangeKind.Updated), ("service-b-6", PodChangeKind.Joined),
            ],
            after.CompareWith(before).Select(c => (c.Name, c.Kind)));
        Assert.Empty(after.CompareWith(after));
        Assert.All(after.CompareWith(null), c => Assert.Equal(PodChangeKind.Joined, c.Kind));
    }
}
