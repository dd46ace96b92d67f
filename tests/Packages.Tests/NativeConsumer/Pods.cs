using Berth.Testing;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rooms;

/// <summary>Servers at the ports of the pods of two sets: one that speaks HTTP, one that speaks gRPC.</summary>
internal static class Pods
{
    public static async Task<WebApplication> StartAsync(TestPod pod, HttpProtocols protocols)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(pod);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(pod.EndPoint, listen => listen.Protocols = protocols));
        WebApplication server = builder.Build();
        server.MapGrpcService<RoomService>();
        server.MapGet("/{**path}", (HttpContext context) => $"{pod.Name} {context.Request.Path}");
        await server.StartAsync();
        return server;
    }
}

internal sealed class RoomService(TestPod pod) : Room.RoomBase
{
    public override Task<JoinReply> Join(JoinRequest request, ServerCallContext context) =>
        Task.FromResult(new JoinReply { Pod = pod.Name });
}
