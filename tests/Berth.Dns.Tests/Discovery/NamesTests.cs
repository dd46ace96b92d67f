using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Discovery;

public sealed class NamesTests
{
    [Fact]
    public async Task Ports_taken_from_the_Service_are_a_base_for_each_pod()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2), srv: ["_game._tcp", "_voice._udp"]))
        {
            ServicePorts = [new DnsServicePort("game"), new DnsServicePort("voice", "UDP")],
            Ports = PortScheme.FromService(),
        };
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(["game:3001/TCP", "voice:3001/UDP"], snapshot.FindByOrdinal(1)!.Ports.Select(static p => p.ToString()));
    }

    [Fact]
    public void Ports_taken_from_the_Service_need_their_names()
    {
        DnsEndpointSource source = new();
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => source.Open(TestKit.TestPods.Target, PortScheme.FromService()));
        Assert.Contains("Name them in ServicePorts", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_port_name_the_SRV_records_of_the_Service_itself_are_taken()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(3), srv: [""])) { ServicePorts = [], StatefulSet = "other" };
        Assert.Equal(3, (await rig.ReadAsync()).Endpoints.Count);
        Assert.DoesNotContain(rig.Server.Queries, static q => q.Name.StartsWith("other-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Name_made_of_an_address_is_not_a_pod()
    {
        await using DnsRig rig = new(
            TestZone.Headless([("10-88-0-10", "10.88.0.10"), ("fd00--7", "fd00::7"), ("service-b-1", "10.88.0.11")]));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(["service-b-1=10.88.0.11:3001"], DnsRig.Authorities(snapshot));
        Assert.Equal(["10.88.0.10 NoName", "fd00::7 NoName"], snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}"));
    }

    [Fact]
    public async Task Names_without_an_ordinal_and_ports_out_of_range_are_left_out()
    {
        await using DnsRig rig =
            new(
                TestZone.Headless(
                    [("438934893", "10.88.0.10"), ("service-b-007", "10.88.0.10"), ("service-b-65000", "10.88.0.11"),
                        ("service-b-1", "10.88.0.11")]));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(["service-b-1=10.88.0.11:3001"], DnsRig.Authorities(snapshot));
        Assert.Equal(
            ["438934893 NoOrdinal", "service-b-007 NoOrdinal", "service-b-65000 PortOutOfRange"],
            snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}"));
    }

    [Fact]
    public async Task A_Service_with_a_cluster_address_has_no_pods_in_DNS()
    {
        await using DnsRig rig = new(new TestZone(
        [
            TestRecord.Address(TestZone.Service, "10.96.3.1", 5),
            TestRecord.Srv($"_game._tcp.{TestZone.Service}", 3000, TestZone.Service, 5),
        ]));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Empty(snapshot.Endpoints);
        Assert.Equal("10.96.3.1 NoName", Assert.Single(snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}")));
    }

    [Theory]
    [InlineData("pod-1.other.k8s-example2.svc.cluster.local")]
    [InlineData("a.service-b-1.service-b.k8s-example2.svc.cluster.local")]
    [InlineData("evilservice-b.k8s-example2.svc.cluster.local")]
    public async Task An_SRV_target_outside_the_Service_is_left_out(string target)
    {
        await using DnsRig rig = new(
            TestZone.Headless(TestZone.Pods(1)).With(
                TestRecord.Srv($"_game._tcp.{TestZone.Service}", 3000, target, 5), TestRecord.Address(target, "10.88.0.66", 5)));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(["service-b-0=10.88.0.10:3000"], DnsRig.Authorities(snapshot));
        Assert.Equal($"{target} Malformed", Assert.Single(snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}")));
    }

    [Fact]
    public async Task Addresses_that_come_along_are_not_asked_for_again()
    {
        TestZone zone = TestZone.Headless(TestZone.Pods(3));
        await using DnsRig rig = new(zone);
        rig.Server.Script = query => query.Type == DnsType.Srv
            ? DnsTestReply.Of(
                query, zone.Find(query.Name, DnsType.Srv), [],
                [.. zone.Find($"service-b-0.{TestZone.Service}", DnsType.A), .. zone.Find($"service-b-2.{TestZone.Service}", DnsType.A)])
            : null;
        Assert.Equal(3, (await rig.ReadAsync()).Endpoints.Count);
        Assert.Equal(
            [$"service-b-1.{TestZone.Service}"],
            rig.Server.Queries.Select(static q => q.Name).Where(static n => n.StartsWith("service-b-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Preferred_family_comes_first_in_any_order_of_records()
    {
        (string, string)[] pods =
        [
            ("service-b-0", "10.88.0.12"), ("service-b-0", "fd00::2"), ("service-b-0", "10.88.0.11"), ("service-b-0", "fd00::1")
        ];
        await using DnsRig rig = new(TestZone.Headless(pods)) { AddressFamilies = AddressFamilies.IPv6ThenIPv4 };
        EndpointSnapshot first = await rig.ReadAsync();
        Assert.Equal(
            ["fd00::1", "fd00::2", "10.88.0.11", "10.88.0.12"], Assert.Single(first.Endpoints).Addresses.Select(static a => a.ToString()));
        Assert.Equal("[fd00::1]:3000", Assert.Single(first.Endpoints).Authority);

        rig.Server.Zone = TestZone.Headless([.. pods.Reverse()]);
        Assert.Same(first, await rig.ReadLaterAsync());
    }

    [Fact]
    public async Task A_family_that_is_not_wanted_is_not_asked_for()
    {
        await using DnsRig rig = new(
            TestZone.Headless(
                [("service-b-0", "10.88.0.12"), ("service-b-0", "fd00::2"), ("service-b-1", "10.88.0.13")]))
                {
                    AddressFamilies = AddressFamilies.IPv6Only,
                };
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(["service-b-0=[fd00::2]:3000"], DnsRig.Authorities(snapshot));
        Assert.Equal("service-b-1 NoAddress", Assert.Single(snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}")));
        Assert.DoesNotContain(rig.Server.Queries, static q => q.Type == DnsType.A);
    }

    [Fact]
    public async Task Unspecified_address_is_never_returned()
    {
        await using DnsRig rig = new(
            TestZone.Headless([("service-b-0", "0.0.0.0"), ("service-b-1", "::"), ("service-b-1", "10.88.0.11"), ("service-b-2", "::")]));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(["10.88.0.11"], Assert.Single(snapshot.Endpoints).Addresses.Select(static a => a.ToString()));
        Assert.Equal(["service-b-0 Malformed", "service-b-2 Malformed"], snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}"));
    }

    [Fact]
    public async Task A_family_that_no_pod_has_is_asked_for_once_and_not_for_each_pod()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(20)));
        await rig.ReadAsync();
        Assert.Equal(TestZone.Service, Assert.Single(rig.Server.Queries, static q => q.Type == DnsType.Aaaa).Name);
    }

    [Fact]
    public async Task More_pods_than_the_bound_are_an_error()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(11))) { MaxPods = 10 };
        Assert.Contains("more than 10", (await rig.FailAsync()).Message, StringComparison.Ordinal);
    }
}
