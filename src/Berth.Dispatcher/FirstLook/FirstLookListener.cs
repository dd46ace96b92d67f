using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Berth.Dispatcher.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.FirstLook;

/// <summary>Listens on one address. Connections whose first bytes are not a plain request go to Kestrel.</summary>
internal sealed class FirstLookListener : IConnectionListener
{
    private const int MaxInRow = 32;

    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly FirstLookLoop[] _loops;
    // Numbers of sockets: what Kestrel needs for a connection is created when Kestrel takes it. If Kestrel waits for one, it takes it on
    // the thread that has accepted it, which saves a change of the thread.
    private readonly Channel<(int File, bool IsPlain)> _forKestrel =
        Channel.CreateUnbounded<(int File, bool IsPlain)>(new UnboundedChannelOptions
        {
            SingleReader = true, SingleWriter = false, AllowSynchronousContinuations = true,
        });

    // Kestrel's accept loop counts, on one thread at a time.
    private int _inRow;

    public FirstLookListener(
        Socket socket, int threads, SocketConnectionContextFactory contexts, IPlainAnswers answers, TimeSpan idle, TimeProvider time,
        ILogger logger)
    {
        _socket = socket;
        _contexts = contexts;
        EndPoint = socket.LocalEndPoint!;
        int listener = (int)socket.SafeHandle.DangerousGetHandle();
        _loops = new FirstLookLoop[threads];
        for (int i = 0; i < threads; i++)
            _loops[i] = new FirstLookLoop(listener, threads > 1, answers, idle, HandOver, time, logger);
    }

    public EndPoint EndPoint { get; }

    /// <summary>The socket that listens.</summary>
    internal Socket Socket => _socket;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        // The accepting thread has others to answer, so it only takes some in a row. The thread pool runs its queue in order: it takes the
        // next one after it has served these.
        bool isAfterOthers = ++_inRow == MaxInRow;
        if (isAfterOthers)
        {
            _inRow = 0;
            await Task.Yield();
        }

        while (true)
        {
            if (_forKestrel.Reader.TryRead(out (int File, bool IsPlain) handed))
            {
                if (TryCreate(handed.File) is not { } connection)
                    continue;
                if (!handed.IsPlain)
                    NotPlain.Mark(connection);
                // As in FairTransport.
                if (!isAfterOthers)
                    await Task.Yield();
                return connection;
            }

            if (!await _forKestrel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                return null;
            isAfterOthers = true;
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (_socket.SafeHandle.IsClosed)
            return;
        DeferredAccept.End(_socket);
        int port = ((IPEndPoint)EndPoint).Port;
        await Task.WhenAll(_loops.Select(loop => loop.StopAsync(new HeldBackClients(port)))).ConfigureAwait(false);
        _socket.Dispose();
        _forKestrel.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        while (_forKestrel.Reader.TryRead(out (int File, bool IsPlain) handed))
            _ = LinuxCalls.Close(handed.File);
        _contexts.Dispose();
    }

    private void HandOver(int file, bool isPlain) => _forKestrel.Writer.TryWrite((file, isPlain));

    private ConnectionContext? TryCreate(int file)
    {
        SafeSocketHandle handle = new(file, ownsHandle: true);
        try
        {
            return _contexts.Create(ConnectedSocket.Create(_socket, handle));
        }
        catch (SocketException)
        {
            // The client has disconnected meanwhile.
            handle.Dispose();
            return null;
        }
    }
}
