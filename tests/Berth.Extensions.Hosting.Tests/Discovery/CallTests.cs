using System.Net;
using Berth.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.Extensions.Hosting.Discovery;

/// <summary>Calls of a real HttpClient through the real Microsoft.Extensions.ServiceDiscovery, to servers on loopback.</summary>
public sealed class CallTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://lobby/")]
    [InlineData("http://LOBBY:8080/")]
    [InlineData("http://service-b.k8s-example2.berth/")]
    [InlineData("https+http://service-b.k8s-example2.berth/", true)]
    public async Task Calls_reach_all_pods(string url, bool isHttp = false)
    {
        await using PodRig rig = DiscoveryRig.Create(o => o.Scheme = isHttp ? "http" : null);
        await rig.StartAsync(3);

        using HttpClient client = rig.CreateClient();
        HashSet<string> reached = [];
        for (int i = 0; i < 6; i++)
            reached.Add(await client.GetStringAsync(url, Stop));
        Assert.Equal(["service-b-0", "service-b-1", "service-b-2"], reached.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pods_name_reaches_that_pod_alone()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(3);

        using HttpClient client = rig.CreateClient();
        for (int i = 0; i < 6; i++)
            Assert.Equal("service-b-2", await client.GetStringAsync("http://service-b-2.service-b.k8s-example2.berth/", Stop));
    }

    [Fact]
    public async Task A_pod_that_is_missing_is_an_exception_and_never_another_pod()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(2);

        using HttpClient client = rig.CreateClient();
        NoEndpointException exception = await Assert.ThrowsAsync<NoEndpointException>(
            () => client.GetStringAsync("http://service-b-2.service-b.k8s-example2.berth/", Stop));
        Assert.Contains("there is no service-b-2", exception.Message, StringComparison.Ordinal);
        Assert.All(rig.Pods, static pod => Assert.Equal(0, pod.Requests));
    }

    [Fact]
    public async Task A_pod_that_is_killed_and_replaced_is_reached_at_its_new_address()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(2);
        using HttpClient client = rig.CreateClient();
        const string Url = "http://service-b-1.service-b.k8s-example2.berth/";
        Assert.Equal("service-b-1", await client.GetStringAsync(Url, Stop));

        await rig.Pods[1].KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(Url, Stop));
        LoopbackPod replaced = await rig.AddPodAsync(1);
        await rig.PublishAsync([rig.Pods[0].Endpoint, replaced.Endpoint]);

        string answer = await Wait.UntilAsync(
            () => AskAsync(client, Url), static a => a == "service-b-1", Wait.Limit, "the new pod answers", Stop);
        Assert.Equal("service-b-1", answer);
        Assert.True(replaced.Requests > 0);
    }

    [Fact]
    public async Task An_empty_set_is_an_exception_and_the_bare_name_is_not_dialled()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(2);
        using HttpClient client = rig.CreateClient();
        await client.GetStringAsync("http://lobby/", Stop);

        await rig.PublishAsync([]);
        string answer = await Wait.UntilAsync(
            () => AskAsync(client, "http://lobby/"), static a => !a.StartsWith("service-b", StringComparison.Ordinal), Wait.Limit,
            "the empty set arrives", Stop);
        Assert.StartsWith("NoEndpointException: k8s-example2/service-b has no pods.", answer, StringComparison.Ordinal);

        await rig.PublishAsync();
        await Wait.UntilAsync(
            () => AskAsync(client, "http://lobby/"), static a => a.StartsWith("service-b", StringComparison.Ordinal), Wait.Limit,
            "the pods are back", Stop);
    }

    [Fact]
    public async Task With_the_option_an_empty_set_leaves_the_name_to_the_next_provider()
    {
        await using PodRig rig = DiscoveryRig.Create(static o => o.AddNothingWhenEmpty = true);
        await rig.StartAsync(0);
        await rig.PublishAsync([]);

        ServiceEndpointResolver resolver = rig.Services.GetRequiredService<ServiceEndpointResolver>();
        ServiceEndpointSource source = await resolver.GetEndpointsAsync("http://lobby", Stop);
        ServiceEndpoint passedThrough = Assert.Single(source.Endpoints);
        Assert.Equal("lobby", Assert.IsType<DnsEndPoint>(passedThrough.EndPoint).Host);
    }

    [Fact]
    public async Task Other_hosts_are_left_alone()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(2);
        await using LoopbackPod other = await LoopbackPod.StartAsync(0, "other");

        using HttpClient client = rig.CreateClient();
        Assert.Equal("other-0", await client.GetStringAsync($"http://127.0.0.1:{other.Port}/", Stop));
        ServiceEndpointResolver resolver = rig.Services.GetRequiredService<ServiceEndpointResolver>();
        foreach (string host in new[] { "api.github.com", "service-b.k8s-example2", "service-b", "xberth", "berth", "lobby.x" })
        {
            ServiceEndpointSource source = await resolver.GetEndpointsAsync($"https://{host}", Stop);
            Assert.Equal(host, Assert.IsType<DnsEndPoint>(Assert.Single(source.Endpoints).EndPoint).Host);
        }
    }

    [Theory]
    [InlineData(false, "configured")]
    [InlineData(true, "service-b")]
    public async Task The_provider_that_is_registered_first_answers_alone(bool isBerthFirst, string winner)
    {
        await using LoopbackPod configured = await LoopbackPod.StartAsync(0, "configured");
        await using PodRig rig = DiscoveryRig.Create(isBerthFirst: isBerthFirst);
        rig.Builder.Configuration.AddInMemoryCollection([new("Services:lobby:http:0", $"http://127.0.0.1:{configured.Port}")]);
        await rig.StartAsync(2);

        using HttpClient client = rig.CreateClient();
        for (int i = 0; i < 4; i++)
            Assert.StartsWith(winner, await client.GetStringAsync("http://lobby/", Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pods_are_replaced_in_both_orders_of_registration(bool isBerthFirst)
    {
        await using PodRig rig = DiscoveryRig.Create(isBerthFirst: isBerthFirst);
        await rig.StartAsync(1);
        using HttpClient client = rig.CreateClient();
        Assert.Equal("service-b-0", await client.GetStringAsync("http://lobby/", Stop));

        LoopbackPod second = await rig.AddPodAsync(1);
        await rig.PublishAsync([second.Endpoint]);
        await Wait.UntilAsync(
            () => AskAsync(client, "http://lobby/"), static a => a == "service-b-1", Wait.Limit, "the new set arrives", Stop);
    }

    [Fact]
    public async Task A_host_name_by_option_becomes_the_host_header()
    {
        await using PodRig rig = DiscoveryRig.Create(static o => o.HostName = static pod => $"{pod.Name}.service-b.example.com");
        await rig.StartAsync(1);
        using HttpClient client = rig.CreateClient();
        await client.GetStringAsync("http://lobby/", Stop);
        Assert.Equal("service-b-0.service-b.example.com", rig.Pods[0].LastHost);
    }

    [Fact]
    public async Task Without_the_option_the_host_header_is_the_address()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(1);
        using HttpClient client = rig.CreateClient();
        await client.GetStringAsync("http://lobby/", Stop);
        Assert.Equal($"127.0.0.1:{rig.Pods[0].Port}", rig.Pods[0].LastHost);
    }

    private static async Task<string> AskAsync(HttpClient client, string url)
    {
        try
        {
            return await client.GetStringAsync(url, Stop);
        }
        catch (Exception exception) when (exception is HttpRequestException or NoEndpointException)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }
}
