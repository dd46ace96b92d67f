using Grpc.Core;

namespace Berth.Grpc;

/// <summary>The base of <see cref="AskService"/>, as a generated one looks.</summary>
[BindServiceMethod(typeof(AskServiceBase), nameof(Bind))]
public abstract class AskServiceBase
{
    public static void Bind(ServiceBinderBase binder, AskServiceBase? service)
    {
        binder.AddMethod(AskMethods.Ask, service is null ? null : service.Ask);
        binder.AddMethod(AskMethods.Follow, service is null ? null : service.Follow);
    }

    public abstract Task<string> Ask(string request, ServerCallContext context);

    public abstract Task Follow(string request, IServerStreamWriter<string> responseStream, ServerCallContext context);
}
