using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Bench.Cluster;

/// <summary>All pods of a set in one server on all loopback addresses. It answers with the address that the client dialled.</summary>
internal sealed class PodHost : IAsyncDisposable
{
    private const int FrameHead = 5;

    private readonly WebApplication _app;

    private PodHost(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <param name="protocols">HTTP/1.1, or HTTP/2 without TLS, for gRPC.</param>
    public static async Task<PodHost> StartAsync(HttpProtocols protocols)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Any, 0, listen => listen.Protocols = protocols));
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Run(protocols == HttpProtocols.Http2 ? AnswerGrpcAsync : AnswerAsync);
        await app.StartAsync();
        string url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new PodHost(app, new Uri(url).Port);
    }

    public async ValueTask DisposeAsync()
    {
        // The clients keep their connections open.
        using CancellationTokenSource now = new(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static Task AnswerAsync(HttpContext context) =>
        context.Response.WriteAsync(context.Connection.LocalIpAddress!.ToString());

    /// <summary>Writes one message in a gRPC frame, without a library.</summary>
    private static async Task AnswerGrpcAsync(HttpContext context)
    {
        while (await context.Request.Body.ReadAsync(new byte[256]) > 0)
        {
        }

        byte[] text = Encoding.UTF8.GetBytes(context.Connection.LocalIpAddress!.ToString());
        byte[] frame = new byte[FrameHead + text.Length];
        frame[FrameHead - 1] = (byte)text.Length;
        text.CopyTo(frame, FrameHead);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(frame);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
