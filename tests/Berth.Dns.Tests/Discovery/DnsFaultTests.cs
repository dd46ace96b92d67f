using Berth.TestKit;
using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Discovery;

/// <summary>Faults 54 to 57, each by its number.</summary>
public sealed class DnsFaultTests
{
    private static readonly IReadOnlyList<(string Host, string Address)> s_three = TestZone.Pods(3);

    [Fact]
    public async Task F54_NXDOMAIN_for_a_service_that_was_there_is_a_published_empty_set()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three));
        Assert.Equal(3, (await rig.ReadAsync()).Endpoints.Count);

        rig.Server.Zone = TestZone.Empty;
        EndpointSnapshot empty = await rig.ReadLaterAsync();
        Assert.Empty(empty.Endpoints);
        Assert.Empty(empty.LeftOut);
        Assert.Same(empty, await rig.ReadLaterAsync());

        rig.Server.Zone = TestZone.Headless(s_three);
        Assert.Equal(3, (await rig.ReadLaterAsync()).Endpoints.Count);
    }

    [Fact]
    public async Task F54_a_name_that_exists_without_addresses_is_an_empty_set_too()
    {
        await using DnsRig rig = new(new TestZone([TestRecord.Address($"below.{TestZone.Service}", "10.0.0.1", 5)]));
        Assert.True(rig.Server.Zone.Has(TestZone.Service));
        EndpointSnapshot empty = await rig.ReadAsync();
        Assert.Empty(empty.Endpoints);
        Assert.Empty(empty.LeftOut);
    }

    [Theory]
    [InlineData(2, "SERVFAIL")]
    [InlineData(5, "REFUSED")]
    [InlineData(4, "NOTIMP")]
    [InlineData(1, "FORMERR")]
    [InlineData(9, "RCODE 9")]
    public async Task F55_an_error_code_is_an_exception_and_the_last_answer_stays(int code, string text)
    {
        await using DnsRig rig = new(TestZone.Headless(s_three));
        EndpointSnapshot before = await rig.ReadAsync();

        rig.Server.Script = query => DnsTestReply.Code(query, code);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        EndpointSourceException failure = await rig.FailAsync();
        Assert.Contains($"{rig.Server.EndPoint} answered {text}", failure.Message, StringComparison.Ordinal);

        rig.Server.Script = null;
        Assert.Same(before, await rig.ReadAsync());
    }

    [Fact]
    public async Task F55_silence_is_an_exception_after_the_timeout_of_each_try()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three)) { AddressFamilies = AddressFamilies.IPv4Only, Tries = 2 };
        EndpointSnapshot before = await rig.ReadAsync();
        int asked = rig.Server.Queries.Count;

        rig.Server.Script = static _ => DnsTestReply.Silence;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Task<EndpointSourceException> failing = rig.FailAsync();
        await rig.Server.WaitForQueriesAsync(asked + 1, DnsRig.Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await rig.Server.WaitForQueriesAsync(asked + 2, DnsRig.Cancellation);
        Assert.False(failing.IsCompleted);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("gave no answer within 2 s", (await failing).Message, StringComparison.Ordinal);

        rig.Server.Script = null;
        Assert.Same(before, await rig.ReadAsync());
    }

    [Fact]
    public async Task F55_through_the_directory_the_set_stays_and_says_that_it_is_stale()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three));
        // Two clocks: the directory's delays between attempts must not run out the source's timeouts.
        TestClock directoryTime = new();
        await using EndpointDirectory directory = new(rig.Source, new EndpointDirectoryOptions { TimeProvider = directoryTime });
        EndpointView view = directory.Follow(TestKit.TestPods.Target, rig.Ports);
        EndpointSnapshot live = await directory.GetEndpointsAsync(TestKit.TestPods.Target, rig.Ports, DnsRig.Cancellation);
        await rig.Time.WaitForTimerAsync(static due => due.TotalSeconds is >= 5 and <= 5.5, DnsRig.Cancellation);

        rig.Server.Script = static query => DnsTestReply.Code(query, 2);
        rig.Time.Advance(TimeSpan.FromSeconds(6));
        EndpointSnapshot stale = await UntilAsync(view, static s => s.IsStale);
        Assert.Equal(DnsRig.Authorities(live), DnsRig.Authorities(stale));
        Assert.Contains("SERVFAIL", stale.StaleReason, StringComparison.Ordinal);

        rig.Server.Script = null;
        await directoryTime.WaitForTimerAsync(static due => due.TotalMilliseconds is >= 100 and <= 200, DnsRig.Cancellation);
        directoryTime.Advance(TimeSpan.FromSeconds(1));
        EndpointSnapshot again = await UntilAsync(view, static s => !s.IsStale);
        Assert.Equal(live.Version, again.Version);
    }

    [Fact]
    public async Task F55_failure_of_one_pods_name_keeps_it_and_delays_no_other()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three));
        await rig.ReadAsync();

        rig.Server.Zone = TestZone.Headless([s_three[0], s_three[1], ("service-b-2", "10.88.0.77"), ("service-b-3", "10.88.0.78")]);
        rig.Server.Script = static query =>
            query.Name.StartsWith("service-b-1.", StringComparison.Ordinal) ? DnsTestReply.Code(query, 2) : null;
        EndpointSnapshot changed = await rig.ReadLaterAsync();
        Assert.Equal(
            ["service-b-0=10.88.0.10:3000", "service-b-1=10.88.0.11:3001", "service-b-2=10.88.0.77:3002", "service-b-3=10.88.0.78:3003"],
            DnsRig.Authorities(changed));

        // The failure is reported, so that the set counts as stale, and reported again without a new snapshot until it ends.
        Assert.Contains("A service-b-1.", (await rig.FailAsync()).Message, StringComparison.Ordinal);
        Assert.Contains("SERVFAIL", (await rig.FailAsync()).Message, StringComparison.Ordinal);
        rig.Server.Script = null;
        Assert.Same(changed, await rig.ReadAsync());
    }

    [Fact]
    public async Task F55_incomplete_first_answer_is_not_published()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three));
        rig.Server.Script = static query =>
            query.Name.StartsWith("service-b-1.", StringComparison.Ordinal) ? DnsTestReply.Code(query, 2) : null;
        await rig.FailAsync();
        rig.Server.Script = null;
        Assert.Equal(3, (await rig.ReadAsync()).Endpoints.Count);
    }

    [Fact]
    public async Task F55_a_new_pod_that_cannot_be_resolved_is_left_out_with_the_reason()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three));
        await rig.ReadAsync();
        rig.Server.Zone = TestZone.Headless(TestZone.Pods(4));
        rig.Server.Script = static query =>
            query.Name.StartsWith("service-b-3.", StringComparison.Ordinal) ? DnsTestReply.Code(query, 2) : null;
        EndpointSnapshot snapshot = await rig.ReadLaterAsync();
        Assert.Equal(3, snapshot.Endpoints.Count);
        LeftOutPod leftOut = Assert.Single(snapshot.LeftOut);
        Assert.Equal(("service-b-3", LeftOutReason.NoAddress), (leftOut.Name, leftOut.Reason));
        Assert.Contains("SERVFAIL", leftOut.Detail, StringComparison.Ordinal);
        await rig.FailAsync();
    }

    [Fact]
    public async Task F55_server_silent_amid_hundreds_of_pods_is_not_asked_for_each()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(260)));
        EndpointSnapshot before = await rig.ReadAsync();
        int asked = rig.Server.Queries.Count;
        rig.Server.Script = static query =>
            query.Name.StartsWith("service-b-", StringComparison.Ordinal) ? DnsTestReply.Code(query, 2) : null;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.FailAsync();
        // Sixteen at once; those under way when the bound was met are asked to their end.
        Assert.InRange(rig.Server.Queries.Skip(asked).Count(static q => q.Name.StartsWith("service-b-", StringComparison.Ordinal)), 16, 31);
        rig.Server.Script = null;
        Assert.Same(before, await rig.ReadAsync());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(40, true)]
    [InlineData(260, true)]
    public async Task F56_an_answer_that_does_not_fit_is_asked_again_over_TCP(int pods, bool overTcp)
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(pods)));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(pods, snapshot.Endpoints.Count);
        Assert.Equal(Enumerable.Range(3000, pods), snapshot.Endpoints.Select(static e => e.Port));
        Assert.Equal(overTcp, rig.Server.Queries.Any(static q => q.IsTcp));
    }

    [Fact]
    public async Task F56_truncated_answer_with_silent_TCP_is_an_error()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(40))) { AddressFamilies = AddressFamilies.IPv4Only };
        rig.Server.Script = static query => query.IsTcp ? DnsTestReply.Silence : null;
        Task<EndpointSourceException> failing = rig.FailAsync();
        await rig.Server.WaitForQueriesAsync(3, DnsRig.Cancellation);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("SRV _game._tcp.service-b", (await failing).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F57_pods_that_share_a_node_are_found_through_SRV()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(5, nodes: 1)));
        Assert.Single(rig.Server.Zone.Find(TestZone.Service, DnsType.A));
        Assert.Equal(
            ["service-b-0=10.88.0.10:3000", "service-b-1=10.88.0.10:3001", "service-b-2=10.88.0.10:3002", "service-b-3=10.88.0.10:3003",
                "service-b-4=10.88.0.10:3004"],
            DnsRig.Authorities(await rig.ReadAsync()));
    }

    [Fact]
    public async Task F57_pods_that_share_a_node_are_found_by_name_without_SRV()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(5, nodes: 1), srv: []));
        Assert.Equal(Enumerable.Range(3000, 5), (await rig.ReadAsync()).Endpoints.Select(static e => e.Port));
    }

    [Fact]
    public async Task F57_an_address_without_a_pods_name_is_reported_and_given_no_ordinal()
    {
        await using DnsRig rig = new(TestZone.Headless(s_three).With(TestRecord.Address(TestZone.Service, "10.88.0.99", 5)));
        EndpointSnapshot snapshot = await rig.ReadAsync();
        Assert.Equal(3, snapshot.Endpoints.Count);
        LeftOutPod leftOut = Assert.Single(snapshot.LeftOut);
        Assert.Equal(("10.88.0.99", LeftOutReason.NoName), (leftOut.Name, leftOut.Reason));
    }

    private static async Task<EndpointSnapshot> UntilAsync(EndpointView view, Func<EndpointSnapshot, bool> wanted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(DnsRig.Cancellation);
        limit.CancelAfter(Wait.Limit);
        await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(limit.Token))
        {
            if (wanted(snapshot))
                return snapshot;
        }

        throw new InvalidOperationException("The directory was disposed before.");
    }
}
