using Grpc.Core;

namespace Berth.Grpc;

/// <summary>The client of <see cref="AskService"/>, as a generated one looks.</summary>
public sealed class AskClient : ClientBase<AskClient>
{
    public AskClient(CallInvoker invoker)
        : base(invoker)
    {
    }

    private AskClient(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    public AsyncUnaryCall<string> AskAsync(CallOptions options) => CallInvoker.AsyncUnaryCall(AskMethods.Ask, null, options, "");

    public AsyncServerStreamingCall<string> Follow(CallOptions options) =>
        CallInvoker.AsyncServerStreamingCall(AskMethods.Follow, null, options, "");

    protected override AskClient NewInstance(ClientBaseConfiguration configuration) => new(configuration);
}
