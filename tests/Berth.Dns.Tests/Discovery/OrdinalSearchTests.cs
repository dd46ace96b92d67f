using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Discovery;

public sealed class OrdinalSearchTests
{
    private static (string Host, string Address)[] Hosts(params int[] ordinals) =>
        [.. ordinals.Select(static o => ($"service-b-{o.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "10.88.0.10"))];

    private static DnsRig NewRig(params int[] ordinals) => new(TestZone.Headless(Hosts(ordinals), srv: []));

    private static int?[] Ordinals(EndpointSnapshot snapshot) => [.. snapshot.Endpoints.Select(static e => e.Ordinal)];

    [Fact]
    public async Task Gaps_of_unready_pods_are_passed()
    {
        await using DnsRig rig = NewRig(1, 2, 5, 9);
        Assert.Equal([1, 2, 5, 9], Ordinals(await rig.ReadAsync()));
    }

    [Fact]
    public async Task The_search_ends_behind_the_gap()
    {
        await using DnsRig rig = NewRig(0, 20);
        Assert.Equal([0], Ordinals(await rig.ReadAsync()));
        Assert.DoesNotContain(rig.Server.Queries, static q => q.Name.StartsWith("service-b-20.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Known_pod_is_asked_for_again_when_all_before_it_are_unready()
    {
        await using DnsRig rig = NewRig(0, 3, 6, 9, 12);
        Assert.Equal([0, 3, 6, 9, 12], Ordinals(await rig.ReadAsync()));
        rig.Server.Zone = TestZone.Headless(Hosts(12), srv: []);
        Assert.Equal([12], Ordinals(await rig.ReadLaterAsync()));
        rig.Server.Zone = TestZone.Headless(Hosts(0), srv: []);
        Assert.Equal([0], Ordinals(await rig.ReadLaterAsync()));
    }

    [Fact]
    public async Task The_search_starts_at_ordinals_start_and_with_the_StatefulSets_name()
    {
        await using DnsRig rig = new(
            TestZone.Headless(
                [("web-100", "10.88.0.10"), ("web-101", "10.88.0.10"), ("service-b-0", "10.88.0.10")],
                srv: [])) { FirstOrdinal = 100, StatefulSet = "web" };
        Assert.Equal(["web-100=10.88.0.10:3100", "web-101=10.88.0.10:3101"], DnsRig.Authorities(await rig.ReadAsync()));
    }

    [Fact]
    public async Task A_server_that_answers_any_name_is_refused()
    {
        await using DnsRig rig = NewRig(0);
        rig.Server.Script = static query =>
            query.Type == DnsType.A ? DnsTestReply.Of(query, [TestRecord.Address(query.Name, "192.0.2.1", 5)]) : null;
        Assert.Contains("answers any name", (await rig.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_name_keeps_its_pod()
    {
        await using DnsRig rig = NewRig(0, 1, 2);
        EndpointSnapshot before = await rig.ReadAsync();
        rig.Server.Script = static query =>
            query.Name.StartsWith("service-b-2.", StringComparison.Ordinal) ? DnsTestReply.Code(query, 2) : null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.FailAsync();
        rig.Server.Script = null;
        Assert.Same(before, await rig.ReadAsync());
    }

    [Fact]
    public async Task Service_without_addresses_is_not_searched()
    {
        await using DnsRig rig = new(TestZone.Empty);
        Assert.Empty((await rig.ReadAsync()).Endpoints);
        Assert.All(rig.Server.Queries, static q => Assert.Equal(TestZone.Service, q.Name));
    }
}
