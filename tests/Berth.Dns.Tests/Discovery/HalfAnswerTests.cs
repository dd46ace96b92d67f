using Berth.TestKit;
using Berth.TestKit.Dns;
using Microsoft.Extensions.Logging;

namespace Berth.Dns.Tests.Discovery;

/// <summary>Servers that answer some kinds of questions and not others.</summary>
public sealed class HalfAnswerTests
{
    private static readonly string[] s_two = ["service-b-0=10.88.0.10:3000", "service-b-1=10.88.0.11:3001"];

    public static TheoryData<int> Codes => [1, 2, 4, 5];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task AAAA_answered_with_a_code_leaves_the_IPv4_pods(int code)
    {
        RecordingLogger logger = new();
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { LoggerFactory = logger };
        rig.Server.Script = query => query.Type == DnsType.Aaaa ? DnsTestReply.Code(query, code) : null;

        Assert.Equal(s_two, DnsRig.Authorities(await rig.ReadAsync()));
        await rig.ReadLaterAsync();

        LogEntry warning = Assert.Single(logger.Entries, static entry => entry.Level == LogLevel.Warning);
        Assert.Contains("If the pods have no IPv6 addresses, set AddressFamilies to IPv4Only.", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_answered_with_a_code_leaves_the_IPv6_pods()
    {
        await using DnsRig rig = new(TestZone.Headless([("service-b-0", "fd00::10"), ("service-b-1", "fd00::11")]));
        rig.Server.Script = static query => query.Type == DnsType.A ? DnsTestReply.Code(query, 4) : null;

        Assert.Equal(["service-b-0=[fd00::10]:3000", "service-b-1=[fd00::11]:3001"], DnsRig.Authorities(await rig.ReadAsync()));
    }

    [Fact]
    public async Task Dropped_AAAA_costs_its_timeout_once_in_five_minutes()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2)));
        rig.Server.Script = static query => query.Type == DnsType.Aaaa ? DnsTestReply.Silence : null;
        Task<EndpointSnapshot> first = rig.ReadAsync();
        await rig.Server.WaitForQueriesAsync(2, DnsRig.Cancellation);
        await Wait.UntilAsync(
            () => Task.FromResult(rig.Time.Timers), static timers => timers == 1, Wait.Limit, "the answer to A", DnsRig.Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(s_two, DnsRig.Authorities(await first));

        Assert.Same(await first, await rig.ReadLaterAsync());
        Assert.Single(rig.Server.Queries, static query => query.Type == DnsType.Aaaa);

        rig.Server.Script = null;
        rig.Server.Zone = TestZone.Headless([("service-b-0", "10.88.0.10"), ("service-b-0", "fd00::10")]);
        rig.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, (await rig.ReadAsync()).Endpoints.Single().Addresses.Count);
    }

    [Fact]
    public async Task Silence_at_the_start_is_asked_again_at_once()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2)));
        rig.Server.Script = static _ => DnsTestReply.Silence;
        Task<EndpointSourceException> failing = rig.FailAsync();
        await rig.Server.WaitForQueriesAsync(2, DnsRig.Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await failing;

        rig.Server.Script = null;
        Assert.Equal(s_two, DnsRig.Authorities(await rig.ReadAsync()));
    }

    [Fact]
    public async Task Family_that_had_addresses_keeps_them_when_it_fails()
    {
        await using DnsRig rig = new(TestZone.Headless([("service-b-0", "10.88.0.10"), ("service-b-0", "fd00::10")]));
        EndpointSnapshot both = await rig.ReadAsync();
        Assert.Equal(2, both.Endpoints.Single().Addresses.Count);

        rig.Server.Script = static query => query.Type == DnsType.Aaaa ? DnsTestReply.Code(query, 2) : null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.FailAsync();

        rig.Server.Script = null;
        Assert.Same(both, await rig.ReadAsync());
    }

    [Fact]
    public async Task Family_that_once_had_addresses_is_unknown_while_it_fails()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2)));
        Assert.Equal(s_two, DnsRig.Authorities(await rig.ReadAsync()));
        // The name exists, without an address.
        rig.Server.Zone = new TestZone([TestRecord.Address($"below.{TestZone.Service}", "10.0.0.1", 5)]);
        Assert.Empty((await rig.ReadLaterAsync()).Endpoints);

        // The other family, which never had any, says that it has none. That is no news about this one.
        rig.Server.Script = static query => query.Type == DnsType.A ? DnsTestReply.Code(query, 2) : null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.FailAsync();

        rig.Server.Script = static query => query.Type == DnsType.Aaaa ? DnsTestReply.Code(query, 2) : null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty((await rig.ReadAsync()).Endpoints);
    }

    [Fact]
    public async Task No_address_and_a_family_unanswered_names_the_option()
    {
        await using DnsRig rig = new(new TestZone([TestRecord.Address($"below.{TestZone.Service}", "10.0.0.1", 5)]));
        rig.Server.Script = static query => query.Type == DnsType.Aaaa ? DnsTestReply.Code(query, 2) : null;

        Assert.EndsWith("set AddressFamilies to IPv4Only.", (await rig.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task SRV_answered_with_a_code_falls_to_the_search(int code)
    {
        RecordingLogger logger = new();
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { LoggerFactory = logger };
        rig.Server.Script = query => query.Type == DnsType.Srv ? DnsTestReply.Code(query, code) : null;

        Assert.Equal(s_two, DnsRig.Authorities(await rig.ReadAsync()));
        Assert.Contains(
            logger.Texts, static line => line.Contains("DNS did not answer SRV _game._tcp.service-b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dropped_SRV_falls_to_the_search()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { AddressFamilies = AddressFamilies.IPv4Only };
        rig.Server.Script = static query => query.Type == DnsType.Srv ? DnsTestReply.Silence : null;
        Task<EndpointSnapshot> reading = rig.ReadAsync();
        await rig.Server.WaitForQueriesAsync(2, DnsRig.Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(s_two, DnsRig.Authorities(await reading));
    }

    [Fact]
    public async Task SRV_that_named_pods_before_does_not_fall_to_the_search()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2)));
        EndpointSnapshot before = await rig.ReadAsync();
        rig.Server.Script = static query => query.Type == DnsType.Srv ? DnsTestReply.Code(query, 2) : null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.FailAsync();

        rig.Server.Script = null;
        Assert.Same(before, await rig.ReadAsync());
    }

    [Fact]
    public async Task SRV_unanswered_and_other_set_name_says_what_was_looked_for()
    {
        await using DnsRig rig = new(TestZone.Headless([("game-0", "10.88.0.10")]));
        rig.Server.Script = static query => query.Type == DnsType.Srv ? DnsTestReply.Code(query, 4) : null;

        string message = (await rig.FailAsync()).Message;

        Assert.Contains("answered NOTIMP", message, StringComparison.Ordinal);
        Assert.Contains(
            "DNS has none of service-b-0 to service-b-3; if the StatefulSet has another name, give it as StatefulSetName.", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_taken_from_the_Service_cannot_do_without_SRV()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { Ports = PortScheme.FromService() };
        rig.Server.Script = static query => query.Type == DnsType.Srv ? DnsTestReply.Code(query, 4) : null;

        Assert.Contains("DNS did not answer SRV", (await rig.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_set_name_without_SRV_shows_in_the_pods_left_out()
    {
        RecordingLogger logger = new();
        await using DnsRig rig = new(
            TestZone.Headless([("game-0", "10.88.0.10"), ("game-1", "10.88.0.11")], srv: [])) { LoggerFactory = logger };

        EndpointSnapshot snapshot = await rig.ReadAsync();

        Assert.Equal(2, snapshot.LeftOut.Count);
        Assert.Contains(
            "DNS has no SRV records of the Service, and service-b-0 to service-b-3, which were looked for", snapshot.LeftOut[0].Detail,
            StringComparison.Ordinal);
        Assert.Contains("give it as StatefulSetName", snapshot.LeftOut[0].Detail, StringComparison.Ordinal);
        Assert.Contains(logger.Texts, static line => line.Contains("searched one by one as service-b-0", StringComparison.Ordinal));
    }
}
