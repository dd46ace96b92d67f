using System.Diagnostics.Metrics;
using Berth.TestKit;

namespace Berth.Dns.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_sound() => Assert.NotNull(new DnsEndpointSource());

    [Fact]
    public void All_faults_are_in_one_message()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new DnsEndpointSource(new DnsEndpointSourceOptions
        {
            ClusterDomain = ".cluster.local",
            Servers = null!,
            ResolvConf = "",
            ServicePorts = [new DnsServicePort("Game"), new DnsServicePort("game", "tcp")],
            AddressFamilies = (AddressFamilies)9,
            FirstOrdinal = -1,
            OrdinalGap = 0,
            MinTtl = TimeSpan.Zero,
            MaxTtl = TimeSpan.FromDays(2),
            Timeout = TimeSpan.FromHours(1),
            Tries = 0,
            MaxParallelQueries = 0,
            MaxPods = 0,
        }));
        Assert.All(
            ["'.cluster.local'", "Servers is null", "Neither DNS servers", "'Game'", "'tcp'", "AddressFamilies is 9", "FirstOrdinal is -1",
                "OrdinalGap is 0", "MinTtl is", "MaxTtl is", "Timeout is", "Tries is 0", "MaxParallelQueries is 0", "MaxPods is 0"],
            part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_of_both_options_are_in_one_message_and_no_source_is_created()
    {
        using Meter meter = new("test");
        using InstrumentCount instruments = new(meter);
        EndpointDirectoryOptions directory = new() { SnapshotFile = "" };
        ArgumentException both = Assert.Throws<ArgumentException>(() =>
            DnsEndpoints.Connect(new DnsEndpointSourceOptions { Meter = meter, Tries = 0 }, directory));
        Assert.Contains("Tries is 0", both.Message, StringComparison.Ordinal);
        Assert.Contains("SnapshotFile is empty", both.Message, StringComparison.Ordinal);
        ArgumentException one = Assert.Throws<ArgumentException>(() =>
            DnsEndpoints.Connect(new DnsEndpointSourceOptions { Meter = meter }, directory));
        Assert.Contains("SnapshotFile is empty", one.Message, StringComparison.Ordinal);
        Assert.Equal(0, instruments.Value);
    }

    [Theory]
    [InlineData("Service-B")]
    [InlineData("")]
    [InlineData("a.b")]
    public void A_StatefulSet_name_that_Kubernetes_does_not_give_is_refused(string name)
    {
        DnsEndpointSource source = new(new DnsEndpointSourceOptions { StatefulSetName = _ => name });
        Assert.Throws<ArgumentException>(() => source.Open(TestPods.Target, TestPods.Ports));
    }

    [Fact]
    public void Names_longer_than_DNS_allows_are_refused()
    {
        DnsEndpointSource source = new(
            new DnsEndpointSourceOptions { ClusterDomain = string.Join('.', Enumerable.Repeat(new string('d', 60), 3)) });
        Assert.Throws<ArgumentException>(() => source.Open(TestPods.Target, TestPods.Ports));
    }

    [Fact]
    public async Task Connect_gives_a_directory_over_DNS()
    {
        await using EndpointDirectory directory = DnsEndpoints.Connect();
        Assert.Empty(directory.Views);
    }
}
