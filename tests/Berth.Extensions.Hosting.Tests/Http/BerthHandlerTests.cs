using System.Diagnostics;
using Berth.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Extensions.Hosting.Http;

public sealed class BerthHandlerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_names_an_ordinal_reaches_that_pod()
    {
        await using PodRig rig = await StartAsync(3);
        using HttpClient client = rig.CreateClient("lobby");
        for (int ordinal = 0; ordinal < 3; ordinal++)
            Assert.Equal($"service-b-{ordinal}", await AskAsync(client, BerthHandler.Ordinal, ordinal));
    }

    [Fact]
    public async Task A_request_that_names_a_pod_reaches_that_pod()
    {
        await using PodRig rig = await StartAsync(3);
        using HttpClient client = rig.CreateClient("lobby");
        Assert.Equal("service-b-1", await AskAsync(client, BerthHandler.Pod, "service-b-1"));
        Assert.Equal("service-b-2", await client.GetStringAsync("http://service-b-2.lobby/", Stop));
        Assert.Equal("service-b-2", await client.GetStringAsync("http://service-b-2.service-b.k8s-example2.berth/", Stop));
    }

    [Fact]
    public async Task Requests_with_one_key_reach_one_pod()
    {
        await using PodRig rig = await StartAsync(3);
        using HttpClient client = rig.CreateClient("lobby");
        foreach (string key in new[] { "room 1", "room 2", "room 3", "room 4" })
        {
            string expected = rig.View.Current!.PickSticky(key).Name;
            Assert.Equal(expected, await AskAsync(client, BerthHandler.Key, key));
            Assert.Equal(expected, await AskAsync(client, BerthHandler.Key, key));
        }
    }

    [Fact]
    public async Task The_key_of_a_pod_that_refuses_goes_where_it_goes_when_the_pod_leaves()
    {
        await using PodRig rig = await StartAsync(3);
        using HttpClient client = rig.CreateClient("lobby");
        EndpointSnapshot all = rig.View.Current!;
        PodEndpoint first = all.PickSticky("room 1");
        EndpointSnapshot rest = EndpointSnapshot.Create(all.Target, all.Ports, all.Available.Where(p => p.Name != first.Name));

        await rig.Pods.Single(p => p.Name == first.Name).KillAsync();
        Assert.Equal(rest.PickSticky("room 1").Name, await AskAsync(client, BerthHandler.Key, "room 1"));
    }

    [Fact]
    public async Task A_request_goes_on_to_a_pod_that_accepts_with_its_body()
    {
        await using PodRig rig = await StartAsync(3, static o => o.Picker = new RoundRobinPicker());
        using HttpClient client = rig.CreateClient("lobby");
        await rig.Pods[0].KillAsync();
        await rig.Pods[1].KillAsync();
        for (int i = 0; i < 4; i++)
        {
            using StringContent body = new($"move {i}");
            using HttpResponseMessage response = await client.PostAsync("http://lobby/", body, Stop);
            Assert.Equal("service-b-2", await response.Content.ReadAsStringAsync(Stop));
            Assert.Equal($"move {i}", rig.Pods[2].LastBody);
        }

        Assert.Equal(4, rig.Pods[2].Requests);
    }

    [Fact]
    public async Task A_request_that_names_its_pod_never_goes_to_another()
    {
        await using PodRig rig = await StartAsync(2);
        using HttpClient client = rig.CreateClient("lobby");
        await rig.Pods[1].KillAsync();
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client, BerthHandler.Ordinal, 1));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client, BerthHandler.Pod, "service-b-1"));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://service-b-1.lobby/", Stop));
        Assert.Equal(0, rig.Pods[0].Requests);

        LoopbackPod replaced = await rig.AddPodAsync(1);
        await rig.PublishAsync([rig.Pods[0].Endpoint, replaced.Endpoint]);
        Assert.Equal("service-b-1", await AskAsync(client, BerthHandler.Ordinal, 1));
    }

    [Fact]
    public async Task Without_a_pod_the_failure_has_the_reason_in_it()
    {
        await using PodRig rig = await StartAsync(1);
        using HttpClient client = rig.CreateClient("lobby");
        HttpRequestException missing = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client, BerthHandler.Ordinal, 7));
        Assert.Contains("there is no pod with ordinal 7", missing.Message, StringComparison.Ordinal);
        Assert.IsType<NoEndpointException>(missing.InnerException);

        await rig.PublishAsync([]);
        HttpRequestException empty = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://lobby/", Stop));
        Assert.StartsWith("k8s-example2/service-b has no pods.", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_first_snapshot_the_failure_has_the_reason_in_it()
    {
        await using PodRig rig = new();
        rig.Builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby");
        rig.Builder.AddBerth(static s => s.FirstSnapshotTimeout = TimeSpan.FromMilliseconds(50));
        await rig.StartAsync(0);
        using HttpClient client = rig.CreateClient("lobby");
        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://lobby/", Stop));
        Assert.IsType<EndpointSourceException>(exception.InnerException);
        Assert.Contains("k8s-example2/service-b", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_is_put_back_and_says_which_pod_it_was_sent_to()
    {
        await using PodRig rig = await StartAsync(1, static o => o.HostName = static pod => $"{pod.Name}.example.com");
        using HttpClient client = rig.CreateClient("lobby");
        using HttpRequestMessage request = new(HttpMethod.Get, "http://lobby/rooms/17?a=b%20c");
        using HttpResponseMessage response = await client.SendAsync(request, Stop);
        Assert.Equal("http://lobby/rooms/17?a=b%20c", request.RequestUri!.OriginalString);
        Assert.Null(request.Headers.Host);
        Assert.Equal("service-b-0.example.com", rig.Pods[0].LastHost);
        Assert.True(response.RequestMessage!.Options.TryGetValue(BerthHandler.SentTo, out PodEndpoint? pod));
        Assert.Equal("service-b-0", pod.Name);
    }

    [Fact]
    public async Task Other_hosts_are_left_alone()
    {
        await using PodRig rig = await StartAsync(1);
        await using LoopbackPod other = await LoopbackPod.StartAsync(0, "other");
        using HttpClient client = rig.CreateClient("lobby");
        Assert.Equal("other-0", await client.GetStringAsync($"http://127.0.0.1:{other.Port}/", Stop));
        Assert.Equal("other-0", await client.GetStringAsync($"http://localhost:{other.Port}/", Stop));
        Assert.Equal(0, rig.Pods[0].Requests);
    }

    [Fact]
    public async Task Synchronous_requests_reach_their_pods()
    {
        await using PodRig rig = await StartAsync(2);
        using HttpClient client = rig.CreateClient("lobby");
        using HttpRequestMessage request = new(HttpMethod.Get, "http://lobby/");
        request.Options.Set(BerthHandler.Ordinal, 1);
        using HttpResponseMessage response = await Task.Run(() => client.Send(request, Stop), Stop);
        Assert.Equal("service-b-1", await response.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("service-b-0", 1, "The request names the pod service-b-0 and the ordinal 1. Name one.")]
    [InlineData(null, -1, "The request asks for ordinal -1. Ordinals are 0 or more.")]
    [InlineData("service-b-0", null, "The request names service-b-1 in its URL and service-b-0 in its options. Name one pod.")]
    public async Task A_request_that_contradicts_itself_is_reported(string? pod, int? ordinal, string sentence)
    {
        await using PodRig rig = await StartAsync(0);
        using HttpClient client = rig.CreateClient("lobby");
        using HttpRequestMessage request = new(HttpMethod.Get, ordinal is null ? "http://service-b-1.lobby/" : "http://lobby/");
        if (pod is not null)
            request.Options.Set(BerthHandler.Pod, pod);
        if (ordinal is { } number)
            request.Options.Set(BerthHandler.Ordinal, number);
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(request, Stop));
        Assert.StartsWith(sentence, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_that_is_not_there_is_reported()
    {
        await using PodRig rig = new();
        rig.Builder.Services.AddHttpClient("games").AddBerthHandler("loby");
        await rig.StartAsync(0);
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => rig.CreateClient("games"));
        Assert.Equal(
            "The HttpClient 'games' asks for the view 'loby', and there is none of that name. Call builder.AddBerthView(\"loby\"), " +
            "or register an EndpointView with that key.",
            exception.Message);
    }

    [Fact]
    public async Task A_handler_that_is_added_after_the_host_is_built_is_told()
    {
        await using PodRig rig = new();
        IHttpClientBuilder client = rig.Builder.Services.AddHttpClient("lobby");
        await rig.StartAsync(0);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => client.AddBerthHandler("lobby"));
        Assert.Contains("the HttpClient 'lobby' cannot get a handler", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_tell_all_of_their_faults()
    {
        BerthHandlerOptions options = new() { MaxPods = 0, PortName = "", Picker = null! };
        options.Hosts.Add("Lobby");
        Assert.Equal(
            [
                "Picker is null. Give a value, or leave the option out for its default.",
                "MaxPods is 0. Give 1 to 100.",
                "PortName is empty. Give the name of a port, or null for the main one.",
                "The host 'Lobby' contains 'L'; only a-z, 0-9, '-' and '.' are allowed. Give a host as in URLs, in lower case.",
            ],
            options.FindFaults());
    }

    [Fact]
    public async Task An_activity_says_which_pod_answered_and_how_many_were_tried()
    {
        await using PodRig rig = await StartAsync(2, static o => o.Picker = new RoundRobinPicker());
        List<Activity> ended = [];
        using ActivitySource parents = new("BerthHandlerTests");
        using ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name is BerthHandler.ActivitySourceName or "BerthHandlerTests",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using Activity parent = parents.StartActivity("parent")!;
        listener.ActivityStopped = activity =>
        {
            // Other tests of this process have activities of their own.
            if (activity.ParentId == parent.Id)
                ended.Add(activity);
        };
        await rig.Pods[0].KillAsync();
        using HttpClient client = rig.CreateClient("lobby");
        await client.GetStringAsync("http://lobby/", Stop);

        Activity sent = Assert.Single(ended);
        Assert.Equal("service-b-1", sent.GetTagItem("k8s.pod.name"));
        Assert.Equal("k8s-example2", sent.GetTagItem("k8s.namespace.name"));
        Assert.Equal("service-b", sent.GetTagItem("k8s.service.name"));
        Assert.Equal(2, sent.GetTagItem("berth.pods.tried"));
        Assert.Equal(ActivityStatusCode.Unset, sent.Status);
    }

    private static async Task<PodRig> StartAsync(int pods, Action<BerthHandlerOptions>? configure = null)
    {
        PodRig rig = new();
        rig.Builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby", configure);
        await rig.StartAsync(pods);
        return rig;
    }

    private static async Task<string> AskAsync<T>(HttpClient client, HttpRequestOptionsKey<T> option, T value)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "http://lobby/");
        request.Options.Set(option, value);
        using HttpResponseMessage response = await client.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }
}
