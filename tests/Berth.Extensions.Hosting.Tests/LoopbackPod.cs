using System.Net;
using System.Net.Sockets;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Extensions.Hosting;

/// <summary>A real HTTP server on loopback that plays one pod: it answers every request with its name.</summary>
internal sealed class LoopbackPod : IAsyncDisposable
{
    private readonly WebApplication _app;
    private Socket? _held;
    private int _requests;

    private LoopbackPod(WebApplication app, string name)
    {
        _app = app;
        Name = name;
    }

    public string Name { get; }

    public int Port { get; private set; }

    /// <summary>The number of requests that have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The Host header of the last request.</summary>
    public string? LastHost { get; private set; }

    /// <summary>The body of the last request.</summary>
    public string? LastBody { get; private set; }

    /// <summary>The pod as an endpoint of the target of all tests.</summary>
    public PodEndpoint Endpoint => PodEndpoint.Create(
        Name, TestPods.Target.Namespace, [IPAddress.Loopback], [new EndpointPort("", Port)],
        PodOrdinal.TryParse(Name, out int ordinal, out _) ? ordinal : null, $"uid-of-{Name}-{Port}");

    public static async Task<LoopbackPod> StartAsync(int ordinal, string set = "service-b")
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static o => o.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        LoopbackPod pod = new(app, $"{set}-{ordinal}");
        app.Run(pod.AnswerAsync);
        await app.StartAsync();
        pod.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return pod;
    }

    /// <summary>
    /// Ends the pod at once. Its port refuses connections from now on: it stays taken, so that no pod of another test gets it.
    /// </summary>
    public async Task KillAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        _held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _held.Bind(new IPEndPoint(IPAddress.Loopback, Port));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _held?.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        LastHost = context.Request.Host.Value;
        using StreamReader reader = new(context.Request.Body);
        LastBody = await reader.ReadToEndAsync(context.RequestAborted);
        await context.Response.WriteAsync(Name, context.RequestAborted);
    }
}
