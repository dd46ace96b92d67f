using System.Net;
using System.Net.Sockets;
using Berth.Dns.Messages;
using Berth.Dns.Transport;
using Berth.TestKit.Dns;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dns.Tests.Transport;

public sealed class DnsResolverTests : IAsyncDisposable
{
    private const string Name = TestZone.Service;

    private static readonly DnsCounter s_counter = new(new System.Diagnostics.Metrics.Meter("test"));

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedDnsServer _server = new(new TestZone([TestRecord.Address(Name, "10.88.0.10", 5)]));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Answers_with_a_wrong_id_or_question_are_passed_over()
    {
        _server.Script = query =>
        {
            byte[] right = DnsTestReply.FromZone(query, _server.Zone).Messages[0];
            byte[] wrongName = DnsTestReply.Encode(
                query with { Question = [1, (byte)'x', 0, 0, 1, 0, 1] }, 0, [TestRecord.Address("x", "6.6.6.6", 5)], [], []);
            byte[] forged = DnsTestReply.Encode(query, 0, [TestRecord.Address(Name, "6.6.6.6", 5)], [], []);
            return new DnsTestReply([], [1, 2, 3], DnsTestReply.WithWrongId(forged), wrongName, right);
        };
        Assert.Equal("10.88.0.10", await ResolveAsync());
    }

    [Fact]
    public async Task Answer_from_another_address_is_ignored()
    {
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _server.Script = query =>
        {
            stranger.SendTo(DnsTestReply.Encode(query, 0, [TestRecord.Address(Name, "6.6.6.6", 5)], [], []), query.Client!);
            return null;
        };
        Assert.Equal("10.88.0.10", await ResolveAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_like_EDNS_is_asked_without_it()
    {
        _server.Script = static query => query.HasEdns ? DnsTestReply.Code(query, 1) : null;
        Assert.Equal("10.88.0.10", await ResolveAsync());
        Assert.Equal([true, false], _server.Queries.Select(static q => q.HasEdns));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task The_next_server_is_asked_when_one_fails(int code)
    {
        await using ScriptedDnsServer broken = new();
        broken.Script = query => DnsTestReply.Code(query, code);
        Assert.Equal("10.88.0.10", await ResolveAsync(servers: [broken.EndPoint, _server.EndPoint]));
        Assert.Single(broken.Queries);
    }

    [Fact]
    public async Task The_server_that_answered_last_is_asked_first()
    {
        await using ScriptedDnsServer broken = new();
        broken.Script = static query => DnsTestReply.Code(query, 2);
        DnsResolver resolver = Resolver([broken.EndPoint, _server.EndPoint]);
        for (int i = 0; i < 3; i++)
            Assert.Single((await resolver.ResolveAsync(new DnsQuestion(Name, DnsRecordType.A), Cancellation)).Records);
        Assert.Single(broken.Queries);
        Assert.Equal(3, _server.Queries.Count);

        // And the other one again, once this one fails.
        _server.Script = static query => DnsTestReply.Code(query, 2);
        broken.Script = null;
        broken.Zone = _server.Zone;
        Assert.Single((await resolver.ResolveAsync(new DnsQuestion(Name, DnsRecordType.A), Cancellation)).Records);
        Assert.Equal(2, broken.Queries.Count);
    }

    [Fact]
    public async Task Closed_port_fails_at_once()
    {
        IPEndPoint closed = new(IPAddress.Loopback, FreePorts.Take());
        Assert.Contains($"{closed} could not be reached (ConnectionRefused)", await FailAsync(servers: [closed]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_answer_is_an_error()
    {
        _server.Script = static query =>
        {
            byte[] message = DnsTestReply.Encode(query, 0, [TestRecord.Address(Name, "10.88.0.10", 5)], [], []);
            return new DnsTestReply(message[..^2]);
        };
        Assert.Contains("sent a malformed answer", await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_are_followed_within_an_answer_and_beyond_it()
    {
        _server.Zone = new TestZone(
            [TestRecord.CName("b.cluster.local", "c.cluster.local", 3), TestRecord.Address("c.cluster.local", "10.88.0.9", 60)]);
        _server.Script = query => query.Name switch
        {
            Name =>
                DnsTestReply.Of(
                    query, [TestRecord.CName(Name, "a.cluster.local", 60), TestRecord.CName("a.cluster.local", "b.cluster.local", 60)]),
            "b.cluster.local" =>
                DnsTestReply.Of(
                    query, [.. _server.Zone.Find(query.Name, DnsType.CName), .. _server.Zone.Find("c.cluster.local", DnsType.A)]),
            _ => null,
        };
        DnsAnswer answer = await Resolver([_server.EndPoint]).ResolveAsync(new DnsQuestion(Name, DnsRecordType.A), Cancellation);
        Assert.Equal("10.88.0.9", Assert.Single(answer.Records).Address!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(3), answer.Ttl);
    }

    [Fact]
    public async Task Cycle_of_aliases_is_an_error()
    {
        _server.Script = static query =>
            DnsTestReply.Of(
                query, [TestRecord.CName(query.Name, "x." + TestZone.Origin, 5), TestRecord.CName("x." + TestZone.Origin, query.Name, 5)]);
        Assert.Contains("aliases that go round", await FailAsync(), StringComparison.Ordinal);
        _server.Script = static query =>
            DnsTestReply.Of(query, [TestRecord.CName(query.Name, query.Name == Name ? "y." + TestZone.Origin : Name, 5)]);
        Assert.Contains("aliases that go round", await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_to_a_name_that_cannot_be_asked_for_is_an_error()
    {
        _server.Script = static query => DnsTestReply.Of(query, [TestRecord.CName(query.Name, "", 5)]);
        Assert.Contains("an alias that is not a valid name", await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_referral_is_not_an_empty_answer()
    {
        _server.Script = static query => DnsTestReply.Of(query, [], [TestRecord.Ns("cluster.local", "ns.example.org", 5)]);
        Assert.Contains("refers to other servers", await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_cut_over_TCP_as_well_is_an_error()
    {
        _server.Script = DnsTestReply.Truncated;
        Assert.Contains("truncated over TCP too", await FailAsync(), StringComparison.Ordinal);
        Assert.Equal([false, true], _server.Queries.Select(static q => q.IsTcp));
    }

    [Fact]
    public async Task An_answer_over_TCP_to_another_question_is_an_error()
    {
        _server.Script = query =>
            query.IsTcp
                ? new DnsTestReply(DnsTestReply.WithWrongId(DnsTestReply.FromZone(query, _server.Zone).Messages[0]))
                : DnsTestReply.Truncated(query);
        Assert.Contains("another question was answered", await FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_of_a_file_are_read_each_time_and_their_lack_is_a_sentence()
    {
        Assert.Equal(
            ["10.96.0.10:53", "[fd00::a]:53", "10.96.0.11:53"],
            DnsServers.Parse(
                ["# nameserver 1.1.1.1", "search k8s-example2.svc.cluster.local", "nameserver 10.96.0.10", "nameserver\tfd00::a ",
                    "nameserver what", "nameserver 10.96.0.11", "nameserver 10.96.0.12", "options ndots:5"])
                .Select(static s => s.ToString()));
        using TestFile file = new();
        DnsResolver resolver = new(new DnsServers([], file.Path), new DnsExchange(_time, TimeSpan.FromSeconds(2), s_counter), 1);
        Assert.Contains("names no DNS server", await FailAsync(resolver), StringComparison.Ordinal);
        File.Delete(file.Path);
        Assert.Contains("cannot be read", await FailAsync(resolver), StringComparison.Ordinal);
    }

    private static async Task<string> FailAsync(DnsResolver resolver) =>
        (
            await Assert.ThrowsAsync<EndpointSourceException>(
                () =>
                    resolver.ResolveAsync(new DnsQuestion(Name, DnsRecordType.A), Cancellation).WaitAsync(
                        Wait.Limit, Cancellation))).Message;

    private DnsResolver Resolver(IReadOnlyList<IPEndPoint> servers) =>
        new(new DnsServers(servers, ""), new DnsExchange(_time, TimeSpan.FromSeconds(2), s_counter), 1);

    private Task<string> FailAsync(IReadOnlyList<IPEndPoint>? servers = null) => FailAsync(Resolver(servers ?? [_server.EndPoint]));

    private async Task<string> ResolveAsync(IReadOnlyList<IPEndPoint>? servers = null) =>
        Assert.Single(
            (
                await Resolver(servers ?? [_server.EndPoint])
                    .ResolveAsync(new DnsQuestion(Name, DnsRecordType.A), Cancellation)
                    .WaitAsync(Wait.Limit, Cancellation)).Records).Address!.ToString();
}
