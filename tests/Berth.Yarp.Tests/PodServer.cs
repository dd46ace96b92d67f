using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Yarp;

/// <summary>A real server that plays one pod: it answers its name and path, echoes over WebSockets, and keeps requests for /wait.</summary>
public sealed class PodServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PodServer(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<PodServer> StartAsync(string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest)
                await EchoAsync(await context.WebSockets.AcceptWebSocketAsync(), name);
            else if (context.Request.Path == "/wait")
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else
                await context.Response.WriteAsync($"{name} {context.Request.Host} {context.Request.Path}{context.Request.QueryString}");
        });
        await app.StartAsync();
        return new PodServer(app);
    }

    /// <summary>The pod that this server plays.</summary>
    public PodEndpoint Pod(int ordinal, string? uid = null, bool ready = true, string set = "service-b") => PodEndpoint.Create(
        string.Create(CultureInfo.InvariantCulture, $"{set}-{ordinal}"),
        TestPods.Target.Namespace,
        [IPAddress.Loopback],
        [new EndpointPort("", Port)],
        ordinal,
        uid ?? $"uid-{ordinal}",
        zone: "zone-1",
        ready: ready);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task EchoAsync(WebSocket socket, string name)
    {
        byte[] buffer = new byte[256];
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(name), WebSocketMessageType.Text, true, default);
            while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } message)
                await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, true, default);
        }
        catch (WebSocketException)
        {
            // The client or the proxy has gone.
        }
    }
}
