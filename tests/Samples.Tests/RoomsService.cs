using Grpc.Core;
using Samples.Grpc;

namespace Samples;

/// <summary>The server of the gRPC sample.</summary>
public sealed class RoomsService(PodName pod) : Rooms.RoomsBase
{
    public override Task<JoinReply> Join(JoinRequest request, ServerCallContext context) =>
        Task.FromResult(new JoinReply { Pod = pod.Name });
}
