using Grpc.Core;
using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Balancing;

/// <summary>Fails every call with one reason: there are no pods.</summary>
internal sealed class FailingPicker(string reason) : SubchannelPicker
{
    private readonly PickResult _failure = PickResult.ForFailure(new Status(StatusCode.Unavailable, reason));

    /// <inheritdoc/>
    public override PickResult Pick(PickContext context) => _failure;
}
