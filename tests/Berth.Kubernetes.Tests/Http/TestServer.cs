using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Kubernetes.Tests.Http;

/// <summary>A real server on loopback that answers as a test tells it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, X509Certificate2?> _shown = new();

    private TestServer(WebApplication app) => _app = app;

    /// <summary>Shown from the next handshake on; null: plain HTTP.</summary>
    public X509Certificate2? Certificate { get; set; }

    public int Port { get; private set; }

    public Uri Address => new($"{(Certificate is null ? "http" : "https")}://127.0.0.1:{Port}/");

    public static async Task<TestServer> StartAsync(
        RequestDelegate answer, X509Certificate2? certificate = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        bool askForClientCertificate = false)
    {
        TestServer? server = null;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is null)
                return;
            listen.UseHttps(https =>
            {
                https.ServerCertificateSelector = (connection, _) => server!.Show(connection);
                https.ClientCertificateMode = askForClientCertificate
                    ? ClientCertificateMode.AllowCertificate
                    : ClientCertificateMode.NoCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        WebApplication app = builder.Build();
        app.Run(answer);
        server = new TestServer(app) { Certificate = certificate };
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Port = new Uri(address).Port;
        return server;
    }

    /// <summary>True when the connection of a request was made with the certificate that the server shows now.</summary>
    public bool HasShownCurrent(HttpContext context) =>
        _shown.TryGetValue(context.Connection.Id, out X509Certificate2? shown) && ReferenceEquals(shown, Certificate);

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Connections that a test left open are cut, as intended.
        }

        await _app.DisposeAsync();
    }

    private X509Certificate2? Show(ConnectionContext? connection)
    {
        X509Certificate2? certificate = Certificate;
        if (connection is not null)
            _shown[connection.ConnectionId] = certificate;
        return certificate;
    }

    /// <summary>Answers in JSON.</summary>
    public static async Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json);
    }
}
