using System.Diagnostics.CodeAnalysis;
using System.Net;
using Berth.Http;
using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Extensions.Hosting.Http;

/// <summary>The step of a request to the next pod, with a picker whose first pod always has the lowest ordinal.</summary>
public sealed class NextPodTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_pods_are_tried_than_the_options_say()
    {
        await using PodRig rig = new();
        rig.Builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby", static o => (o.Picker, o.MaxPods) = (new FirstPicker(), 2));
        await rig.StartAsync(3);
        using HttpClient client = rig.CreateClient("lobby");
        await rig.Pods[0].KillAsync();
        await rig.Pods[1].KillAsync();
        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://lobby/", Stop));
        Assert.Contains("127.0.0.1", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, rig.Pods[2].Requests);
    }

    [Fact]
    public async Task A_pod_that_does_not_answer_the_connection_is_passed_over()
    {
        using SilentListener silent = new();
        await using PodRig rig = new();
        rig.Builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby", static o => o.Picker = new FirstPicker())
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        await rig.StartAsync(0);
        LoopbackPod pod = await rig.AddPodAsync(1);
        PodEndpoint gone = PodEndpoint.Create(
            "service-b-0", "k8s-example2", [IPAddress.Loopback], [new EndpointPort("", silent.Port)], 0);
        await rig.PublishAsync([gone, pod.Endpoint]);
        using HttpClient client = rig.CreateClient("lobby");
        // The time-out is one for all connections, and on a busy machine a good one may take longer too. So the good pod has its connection
        // before, and the silent pod alone needs one.
        await Wait.UntilAsync(() => AskInTimeAsync(client, "service-b-1"), static a => a is not null, Wait.Limit, "the good pod", Stop);

        Assert.Equal("service-b-1", await client.GetStringAsync("http://lobby/", Stop));
        OperationCanceledException late = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => AskAsync(client, "service-b-0"));
        Assert.IsType<TimeoutException>(late.InnerException);
    }

    /// <summary>Asks one pod; null when its connection takes longer than the time-out.</summary>
    private static async Task<string?> AskInTimeAsync(HttpClient client, string pod)
    {
        try
        {
            return await AskAsync(client, pod);
        }
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            return null;
        }
    }

    private static async Task<string> AskAsync(HttpClient client, string pod)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "http://lobby/");
        request.Options.Set(BerthHandler.Pod, pod);
        using HttpResponseMessage response = await client.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private sealed class FirstPicker : IEndpointPicker
    {
        public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
        {
            endpoint = snapshot.Available.Count > 0 ? snapshot.Available[0] : null;
            return endpoint is not null;
        }
    }
}
