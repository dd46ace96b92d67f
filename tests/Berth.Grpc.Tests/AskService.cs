using Grpc.Core;

namespace Berth.Grpc;

/// <summary>The service of all tests: a pod answers its name, the authority of the call, and the address it was called at.</summary>
public sealed class AskService(PodServer.PodName name) : AskServiceBase
{
    public override Task<string> Ask(string request, ServerCallContext context) => Task.FromResult(Answer(context));

    public override async Task Follow(string request, IServerStreamWriter<string> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(Answer(context));
        await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private string Answer(ServerCallContext context) =>
        $"{name.Value}|{context.Host}|{context.GetHttpContext().Connection.LocalIpAddress?.MapToIPv4()}";
}
