using Yarp.ReverseProxy.Configuration;

namespace Berth.Yarp;

/// <summary>Requests that name their pod.</summary>
public sealed class AffinityTests : IAsyncLifetime
{
    private readonly YarpFixture _yarp = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _yarp.DisposeAsync();

    [Theory]
    [InlineData("/b/pods/service-b-2/x", null, null)]
    [InlineData("/b/pods/2/x", null, null)]
    [InlineData("/b/x", "Berth-Pod", "service-b-2")]
    [InlineData("/b/x", "berth-pod", "2")]
    [InlineData("/b/x?berth-pod=service-b-2", null, null)]
    [InlineData("/b/x", "Cookie", "Berth-Pod=service-b-2")]
    public async Task A_named_pod_gets_the_request(string path, string? header, string? value)
    {
        await StartAsync(3);
        for (int i = 0; i < 4; i++)
            Assert.Equal("service-b-2", await _yarp.AskAsync(path, header is null ? [] : [(header, value!)]));
    }

    [Theory]
    [InlineData(1, "/b/pods/service-b-7/x", null, null, "service-b-7")]
    [InlineData(1, "/b/pods/7/x", null, null, "7")]
    [InlineData(3, "/b/x", "Berth-Pod", "service-b-7", "service-b-7")]
    [InlineData(1, "/b/x", "Berth-Pod", "service-b-0, service-b-0", "service-b-0, service-b-0")]
    [InlineData(1, "/b/x", "Cookie", "Berth-Pod=service-b-7", "service-b-7")]
    [InlineData(0, "/b/x", "Berth-Pod", "service-b-0", "service-b-0")]
    public async Task A_missing_pod_is_503_and_never_another(int pods, string path, string? header, string? value, string shown)
    {
        await StartAsync(pods);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(
                $"503 The pod '{shown}' is not available.\n", await _yarp.GetAsync(path, header is null ? [] : [(header, value!)]));
        }
    }

    [Fact]
    public async Task A_pod_that_leaves_is_503_until_it_is_back()
    {
        PodServer[] servers = await StartAsync(2);
        await _yarp.PublishAsync(servers[0].Pod(0), servers[1].Pod(1, ready: false));
        await _yarp.UntilAsync("/b/pods/1/x", "503");
        Assert.Equal("service-b-0", await _yarp.AskAsync("/b/pods/0/x"));
        await _yarp.PublishAsync(servers[0].Pod(0), servers[1].Pod(1));
        await _yarp.UntilAsync("/b/pods/1/x", "200 service-b-1");
    }

    [Fact]
    public async Task Requests_without_a_name_are_balanced()
    {
        await StartAsync(3);
        Assert.Equal([3, 3, 3], (await _yarp.CountAsync("/b/x", 9)).Values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_goes_where_the_sticky_picker_sends_it(bool isHeader)
    {
        await StartAsync(4);
        HashSet<string> seen = [];
        foreach (string key in Enumerable.Range(0, 40).Select(static i => $"room-{i}"))
        {
            string expected = _yarp.View.Current!.PickSticky(key).Name;
            seen.Add(expected);
            Task<string> asking = isHeader ? _yarp.AskAsync("/b/x", ("Berth-Key", key)) : _yarp.AskAsync($"/b/x?berth-key={key}");
            Assert.Equal(expected, await asking);
        }

        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public async Task A_cookie_is_set_where_the_cluster_configures_one()
    {
        PodServer[] servers = await StartAsync(3, YarpFixture.Affinity() with { Cookie = new SessionAffinityCookieConfig { Path = "/b" } });
        using HttpResponseMessage first = await _yarp.SendAsync("/b/x");
        string name = (await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split(' ')[0];
        Assert.Equal($"Berth-Pod={name}; path=/b; httponly", Assert.Single(first.Headers.GetValues("Set-Cookie")));

        using HttpResponseMessage second = await _yarp.SendAsync("/b/x", ("Cookie", $"Berth-Pod={name}"));
        Assert.StartsWith(name, await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(second.Headers.Contains("Set-Cookie"));

        using HttpResponseMessage named = await _yarp.SendAsync("/b/pods/2/x");
        Assert.False(named.Headers.Contains("Set-Cookie"));
        Assert.Equal(3, servers.Length);
    }

    [Fact]
    public async Task A_failure_policy_of_the_cluster_is_left_alone()
    {
        await StartAsync(1, YarpFixture.Affinity() with { FailurePolicy = "Redistribute", AffinityKeyName = "X-Pod" });
        Assert.Equal("service-b-0", await _yarp.AskAsync("/b/x", ("X-Pod", "service-b-7")));
    }

    [Fact]
    public async Task A_long_name_is_not_repeated_whole()
    {
        await StartAsync(1);
        string name = new('x', 5000);
        Assert.Equal($"503 The pod '{name[..63]}' is not available.\n", await _yarp.GetAsync("/b/x", ("Berth-Pod", name)));
    }

    private async Task<PodServer[]> StartAsync(int count, SessionAffinityConfig? affinity = null)
    {
        PodServer[] servers = await _yarp.StartSetAsync(count);
        await _yarp.StartProxyAsync([YarpFixture.Cluster(affinity: affinity ?? YarpFixture.Affinity())]);
        return servers;
    }
}
