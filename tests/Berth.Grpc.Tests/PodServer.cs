using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Grpc;

/// <summary>A real gRPC server on loopback that plays one pod; or many, which differ in their addresses in 127.0.0.0/8.</summary>
public sealed class PodServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<ConnectionContext, bool> _connections;

    private PodServer(WebApplication app, ConcurrentDictionary<ConnectionContext, bool> connections, int port)
    {
        _app = app;
        _connections = connections;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The number of connections that are open.</summary>
    public int Connections => _connections.Count;

    /// <summary>Starts a server.</summary>
    /// <param name="name">What it answers with.</param>
    /// <param name="port">The port, or 0 for any.</param>
    /// <param name="certificate">Its certificate, or null for plain text.</param>
    /// <param name="address">The address to listen at. Default: 127.0.0.1.</param>
    public static async Task<PodServer> StartAsync(
        string name, int port = 0, X509Certificate2? certificate = null, IPAddress? address = null)
    {
        ConcurrentDictionary<ConnectionContext, bool> connections = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new PodName(name));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => async connection =>
            {
                connections.TryAdd(connection, true);
                await next(connection);
                connections.TryRemove(connection, out _);
            });
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        WebApplication app = builder.Build();
        app.MapGrpcService<AskService>();
        await app.StartAsync();
        return new PodServer(app, connections, new Uri(app.Urls.First()).Port);
    }

    /// <summary>The pod that this server plays.</summary>
    public PodEndpoint Pod(int ordinal, string? uid = null, bool ready = true, string address = "127.0.0.1") => PodEndpoint.Create(
        string.Create(CultureInfo.InvariantCulture, $"service-b-{ordinal}"),
        TestPods.Target.Namespace,
        [IPAddress.Parse(address)],
        [new EndpointPort("", Port)],
        ordinal,
        uid ?? $"uid-{ordinal}",
        ready: ready);

    /// <summary>Ends as a killed process does: the port is closed and all connections are reset.</summary>
    public async Task KillAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        foreach (ConnectionContext connection in _connections.Keys)
            connection.Abort();
        await _app.StopAsync(now.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public sealed record PodName(string Value);
}
