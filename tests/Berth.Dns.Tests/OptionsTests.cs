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
            ["'.cluster.local'", "Neither DNS servers", "'Game'", "'tcp'", "AddressFamilies is 9", "FirstOrdinal is -1", "OrdinalGap is 0",
                "MinTtl is", "MaxTtl is", "Timeout is", "Tries is 0", "MaxParallelQueries is 0", "MaxPods is 0"],
            part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Service-B")]
    [InlineData("")]
    [InlineData("a.b")]
    public void A_StatefulSet_name_that_Kubernetes_does_not_give_is_refused(string name)
    {
        DnsEndpointSource source = new(new DnsEndpointSourceOptions { StatefulSetName = _ => name });
        Assert.Throws<ArgumentException>(() => source.Open(TestKit.TestPods.Target, TestKit.TestPods.Ports));
    }

    [Fact]
    public void Names_longer_than_DNS_allows_are_refused()
    {
        DnsEndpointSource source = new(
            new DnsEndpointSourceOptions { ClusterDomain = string.Join('.', Enumerable.Repeat(new string('d', 60), 3)) });
        Assert.Throws<ArgumentException>(() => source.Open(TestKit.TestPods.Target, TestKit.TestPods.Ports));
    }

    [Fact]
    public async Task Connect_gives_a_directory_over_DNS()
    {
        await using EndpointDirectory directory = DnsEndpoints.Connect();
        Assert.Empty(directory.Views);
    }
}
