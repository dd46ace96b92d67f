using Berth.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Extensions.Hosting;

/// <summary>A host with the view <c>lobby</c> over a source that a test pushes into, and pods on loopback.</summary>
internal sealed class PodRig : IAsyncDisposable
{
    private readonly List<LoopbackPod> _pods = [];
    private IHost? _host;

    public PodRig()
    {
        Builder = Host.CreateEmptyApplicationBuilder(null);
        Builder.Logging.ClearProviders();
        Builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Berth:Source"] = "pushed",
            ["Berth:Views:lobby:Namespace"] = TestPods.Target.Namespace,
            ["Berth:Views:lobby:Service"] = TestPods.Target.Service,
            ["Berth:Views:lobby:BasePort"] = "3000",
        });
        Builder.AddBerthSource("pushed", _ => Source);
        Builder.AddBerthView("lobby");
    }

    public HostApplicationBuilder Builder { get; }

    public PushableSource Source { get; } = new();

    public IReadOnlyList<LoopbackPod> Pods => _pods;

    public IServiceProvider Services => (_host ?? throw new InvalidOperationException("The host is not started.")).Services;

    public EndpointView View => Services.GetRequiredKeyedService<EndpointView>("lobby");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Starts the host, with a number of pods, all of them ready.</summary>
    public async Task StartAsync(int pods)
    {
        _host = Builder.Build();
        await _host.StartAsync(Stop);
        for (int i = 0; i < pods; i++)
            await AddPodAsync(i);
        if (pods > 0)
            await PublishAsync();
    }

    /// <summary>Starts another pod. It is not published yet.</summary>
    public async Task<LoopbackPod> AddPodAsync(int ordinal)
    {
        LoopbackPod pod = await LoopbackPod.StartAsync(ordinal);
        _pods.Add(pod);
        return pod;
    }

    /// <summary>Publishes all pods that were started, or these endpoints.</summary>
    public Task<EndpointSnapshot> PublishAsync(IEnumerable<PodEndpoint>? endpoints = null, IEnumerable<LeftOutPod>? leftOut = null) =>
        Source.PublishAsync(View, endpoints ?? _pods.Select(static pod => pod.Endpoint), leftOut, Stop);

    public HttpClient CreateClient(string name = "") => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        foreach (LoopbackPod pod in _pods)
            await pod.DisposeAsync();
    }
}
