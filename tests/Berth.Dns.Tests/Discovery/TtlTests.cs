using Berth.TestKit.Dns;
using Berth.TestKit;

namespace Berth.Dns.Tests.Discovery;

public sealed class TtlTests
{
    [Theory]
    [InlineData(5, 5)]
    [InlineData(0, 1)]
    [InlineData(3600, 30)]
    [InlineData(-1, 1)]
    public async Task An_answer_holds_for_its_lowest_TTL_within_the_bounds_and_a_tenth(int ttl, int seconds)
    {
        TestZone zone = TestZone.Headless(TestZone.Pods(2), ttl: 3600).With(
            TestRecord.Address($"service-b-1.{TestZone.Service}", "10.88.0.99", ttl));
        // Otherwise the missing family would lower it to the zone's five seconds.
        await using DnsRig rig = new(zone) { AddressFamilies = AddressFamilies.IPv4Only };
        await ReadAgainAfterAsync(rig, TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Empty_answer_is_valid_for_the_negative_TTL_of_the_zone()
    {
        await using DnsRig rig = new(new TestZone([], negativeTtl: 12)) { AddressFamilies = AddressFamilies.IPv4Only };
        await ReadAgainAfterAsync(rig, TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task TTL_of_additional_addresses_counts()
    {
        TestZone zone = TestZone.Headless(TestZone.Pods(1), ttl: 25);
        await using DnsRig rig = new(zone) { AddressFamilies = AddressFamilies.IPv4Only };
        rig.Server.Script = query => query.Type == DnsType.Srv
            ? DnsTestReply.Of(
                query, zone.Find(query.Name, DnsType.Srv), [], [TestRecord.Address($"service-b-0.{TestZone.Service}", "10.88.0.10", 7)])
            : null;
        await ReadAgainAfterAsync(rig, TimeSpan.FromSeconds(7));
    }

    /// <summary>Reads twice, and sees the second read wait for the TTL and up to a tenth more before it asks the same again.</summary>
    private static async Task ReadAgainAfterAsync(DnsRig rig, TimeSpan ttl)
    {
        EndpointSnapshot first = await rig.ReadAsync();
        int asked = rig.Server.Queries.Count;
        int waited = rig.Time.Waits.Count;
        Task<EndpointSnapshot> second = rig.ReadAsync();
        TimeSpan wait = Assert.Single(rig.Time.Waits.Skip(waited));
        Assert.InRange(wait, ttl, ttl * 1.1);
        Assert.Equal(asked, rig.Server.Queries.Count);
        rig.Time.Advance(wait);
        Assert.Same(first, await second);
        Assert.Equal(asked * 2, rig.Server.Queries.Count);
    }

    [Fact]
    public async Task A_cancelled_read_ends_at_once_while_it_waits_and_while_it_asks()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { AddressFamilies = AddressFamilies.IPv4Only };
        EndpointSnapshot first = await rig.ReadAsync();
        using (CancellationTokenSource waiting = new())
        {
            Task<EndpointSnapshot> read = rig.Stream.ReadAsync(waiting.Token).AsTask();
            await waiting.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Wait.Limit, DnsRig.Cancellation));
        }

        int asked = rig.Server.Queries.Count;
        rig.Server.Script = static _ => DnsTestReply.Silence;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        using (CancellationTokenSource asking = new())
        {
            Task<EndpointSnapshot> read = rig.Stream.ReadAsync(asking.Token).AsTask();
            await rig.Server.WaitForQueriesAsync(asked + 1, DnsRig.Cancellation);
            await asking.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Wait.Limit, DnsRig.Cancellation));
        }

        rig.Server.Script = null;
        Assert.Same(first, await rig.ReadAsync());
    }
}
