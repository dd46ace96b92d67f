using System.Net.Sockets;
using Berth;
using Berth.Testing;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rooms;

/// <summary>Servers at the ports of the pods of two sets: HTTP and gRPC. Each answers with its name and its life.</summary>
internal static class Pods
{
    public static async Task<WebApplication> StartAsync(TestPod pod, HttpProtocols protocols, int life = 1)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new PodLife($"{pod.Name} life {life}"));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(pod.EndPoint, listen => listen.Protocols = protocols));
        WebApplication server = builder.Build();
        server.MapGrpcService<RoomService>();
        server.MapGet("/{**path}", (HttpContext context) => $"{pod.Name} life {life} {context.Request.Path}");
        await server.StartAsync();
        return server;
    }

    /// <summary>Ends a server as a killed process does: its connections are cut.</summary>
    public static async Task KillAsync(WebApplication server)
    {
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
    }
}

internal sealed record PodLife(string Text);

/// <summary>An open connection with one pod.</summary>
internal sealed class PodSession : IDisposable
{
    private readonly TcpClient _client = new();

    private PodSession()
    {
    }

    /// <summary>Completes when the pod ends the connection, or is killed.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public static async Task<PodSession> OpenAsync(PodEndpoint pod, CancellationToken cancellationToken)
    {
        PodSession session = new();
        try
        {
            await session._client.ConnectAsync(pod.Address, pod.Port, cancellationToken);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        session.Completion = session._client.GetStream().ReadAsync(new byte[1], CancellationToken.None).AsTask();
        return session;
    }

    public void Dispose() => _client.Dispose();
}

internal sealed class RoomService(PodLife pod) : Room.RoomBase
{
    public override Task<JoinReply> Join(JoinRequest request, ServerCallContext context) =>
        Task.FromResult(new JoinReply { Pod = pod.Text });
}
