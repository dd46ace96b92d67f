using System.Net;
using Berth.Dispatcher.Clients;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>The counting of clients, without sockets.</summary>
public sealed class RateTableTests
{
    [Fact]
    public void Client_may_send_a_burst_and_then_its_rate()
    {
        TestClock time = new();
        RateTable table = new(perSecond: 2, burst: 3, time);

        for (int i = 0; i < 3; i++)
            Assert.Equal(TimeSpan.Zero, table.Take(1));
        Assert.Equal(TimeSpan.FromSeconds(0.5), table.Take(1));
        // A refused request costs nothing.
        Assert.Equal(TimeSpan.FromSeconds(0.5), table.Take(1));
        Assert.Equal(TimeSpan.Zero, table.Take(2));
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, table.Take(1));
        Assert.NotEqual(TimeSpan.Zero, table.Take(1));
        time.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < 3; i++)
            Assert.Equal(TimeSpan.Zero, table.Take(1));
        Assert.NotEqual(TimeSpan.Zero, table.Take(1));
    }

    [Fact]
    public void Million_addresses_take_no_more_memory_than_the_first()
    {
        TestClock time = new();
        RateTable table = new(perSecond: 1, burst: 2, time);
        table.Take(UInt128.MaxValue);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000_000; i++)
            table.Take((UInt128)i << 64);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void Flood_of_addresses_does_not_refuse_other_clients()
    {
        TestClock time = new();
        RateTable table = new(perSecond: 1, burst: 2, time);
        int refused = 0;
        for (int i = 0; i < 300_000; i++)
        {
            if (table.Take((UInt128)i << 64) != TimeSpan.Zero)
                refused++;
        }

        Assert.Equal(0, refused);
    }

    [Fact]
    public void Client_in_debt_is_not_forgotten_for_a_flood_of_others()
    {
        TestClock time = new();
        RateTable table = new(perSecond: 1, burst: 20, time);
        for (int i = 0; i < 20; i++)
            table.Take(7);

        for (int i = 0; i < 300_000; i++)
            table.Take((UInt128)(i + 100) << 64);

        Assert.NotEqual(TimeSpan.Zero, table.Take(7));
    }

    [Fact]
    public void Counts_of_clients_that_left_take_no_memory()
    {
        CountTable table = new(2);
        for (int i = 0; i < 100_000; i++)
        {
            UInt128 client = (UInt128)i << 64;
            Assert.True(table.TryEnter(client));
            Assert.True(table.TryEnter(client));
            Assert.False(table.TryEnter(client));
            table.Leave(client);
            Assert.True(table.TryEnter(client));
            table.Leave(client);
            table.Leave(client);
        }

        Assert.Equal(0, table.Clients);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", 64, false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", 64, true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:0:1", 64, true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 64, false)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", 56, true)]
    [InlineData("2001:db8::1", "2001:db8::2", 128, false)]
    [InlineData("::", "0.0.0.0", 64, false)]
    public void Addresses_of_one_prefix_are_one_client(string one, string other, int prefix, bool isSame) =>
        Assert.Equal(isSame, ClientKey.Of(IPAddress.Parse(one), prefix) == ClientKey.Of(IPAddress.Parse(other), prefix));

    [Theory]
    [InlineData("203.0.113.9", "10.0.0.1", "203.0.113.9")]
    [InlineData("", "10.0.0.1", "10.0.0.1")]
    [InlineData("198.51.100.1, 203.0.113.9", "10.0.0.1", "203.0.113.9")]
    [InlineData("203.0.113.9, 10.0.0.7", "10.0.0.1", "203.0.113.9")]
    [InlineData("203.0.113.9,10.0.0.7 , 10.0.0.8", "10.0.0.1", "203.0.113.9")]
    [InlineData("203.0.113.9", "192.0.2.1", "192.0.2.1")]
    [InlineData("nonsense, 10.0.0.7", "10.0.0.1", "10.0.0.7")]
    [InlineData("203.0.113.9, unknown", "10.0.0.1", "10.0.0.1")]
    [InlineData("1", "10.0.0.1", "10.0.0.1")]
    [InlineData("203.0.113.9:4711", "10.0.0.1", "203.0.113.9")]
    [InlineData("[2001:db8::1]:4711", "10.0.0.1", "2001:db8::1")]
    [InlineData("2001:db8::1", "::ffff:10.0.0.1", "2001:db8::1")]
    [InlineData("203.0.113.9,", "10.0.0.1", "10.0.0.1")]
    public void Client_is_the_last_address_that_is_no_proxys(string header, string peer, string client)
    {
        TrustedProxies proxies = new([IPNetwork.Parse("10.0.0.0/8")]);
        Assert.Equal(IPAddress.Parse(client), ClientKey.Plain(proxies.FindClient(IPAddress.Parse(peer), header)));
    }

    [Fact]
    public void Lines_of_the_header_are_one_list_and_long_ones_end()
    {
        TrustedProxies proxies = new([IPNetwork.Parse("10.0.0.0/8")]);
        IPAddress peer = IPAddress.Parse("10.0.0.1");
        string[] lines = ["1.1.1.1, 203.0.113.9", "10.0.0.2"];
        Assert.Equal("203.0.113.9", proxies.FindClient(peer, lines).ToString());
        string endless = "203.0.113.9" + string.Concat(Enumerable.Repeat(",10.0.0.2", 1000));
        Assert.Equal("10.0.0.2", proxies.FindClient(peer, endless).ToString());
    }
}
