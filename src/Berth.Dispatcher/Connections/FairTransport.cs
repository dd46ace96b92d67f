using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Connections;

/// <summary>
/// Passes a connection on only after the earlier ones were served. Otherwise ten thousand clients that connect at once are all accepted
/// first, and each request is read into a buffer of 4 KB before the first client is answered.
/// </summary>
internal sealed class FairTransport(IConnectionListenerFactory transport) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await transport.BindAsync(endpoint, cancellationToken).ConfigureAwait(false));

    private sealed class Listener(IConnectionListener listener) : IConnectionListener
    {
        public EndPoint EndPoint => listener.EndPoint;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            ValueTask<ConnectionContext?> accepting = listener.AcceptAsync(cancellationToken);
            // After a wait the thread pool continues here, and it runs its queue in order: the earlier connections are served.
            if (!accepting.IsCompleted)
                return await accepting.ConfigureAwait(false);
            ConnectionContext? accepted = await accepting.ConfigureAwait(false);
            await Task.Yield();
            return accepted;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}
