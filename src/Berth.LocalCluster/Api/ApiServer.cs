using System.Net;
using Berth.LocalCluster.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.LocalCluster.Api;

/// <summary>The listener: Kestrel over TLS. It can stop listening, and later listen on the same port again.</summary>
internal sealed class ApiServer(
    ClusterCertificates certificates, RequestHandler handler, TransportGate gate, ILoggerFactory loggers) : IAsyncDisposable
{
    private WebApplication? _web;
    private CancellationTokenSource _stopping = new();

    public int Port { get; private set; }

    public async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        _stopping = new CancellationTokenSource();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(gate.Wrap);
                listen.UseHttps(certificates.Serving);
            });
        });
        WebApplication application = builder.Build();
        CancellationToken ended = _stopping.Token;
        application.UseWebSockets();
        application.Run(context => handler.HandleAsync(context, ended));
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new LocalClusterException(
                $"The local cluster's API cannot listen on 127.0.0.1:{port}: {exception.Message} Choose another port, or 0 for any.",
                exception);
        }

        Port = new Uri(application.Urls.First()).Port;
        _web = application;
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _web, null) is { } running)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await running.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await running.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Signals belong to the program. The host would handle them, and end before the pods.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
