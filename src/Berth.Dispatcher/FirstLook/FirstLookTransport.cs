using System.Net;
using System.Net.Sockets;
using Berth.Dispatcher.Connections;
using Berth.Logging;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.FirstLook;

/// <summary>
/// A transport that answers plain requests itself and hands every other connection to Kestrel, untouched. Only for addresses without TLS,
/// on Linux; Kestrel's transport listens on the others.
/// </summary>
/// <param name="kestrel">Kestrel's transport.</param>
/// <param name="options">Its options, which count for connections that are handed over.</param>
/// <param name="answers">Answers plain requests.</param>
/// <param name="idle">The time that a client has until it must send something.</param>
/// <param name="isFor">Tells whether this transport is for an address.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">The loggers.</param>
internal sealed class FirstLookTransport(
    IConnectionListenerFactory kestrel, SocketTransportOptions options, IPlainAnswers answers, TimeSpan idle, Predicate<IPEndPoint> isFor,
    TimeProvider time, ILoggerFactory loggers) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (!LinuxCalls.IsSupported || endpoint is not IPEndPoint address || !isFor(address))
            return kestrel.BindAsync(endpoint, cancellationToken);
        Socket socket = Bind(address);
        try
        {
            // Connections inherit it.
            socket.NoDelay = options.NoDelay;
            socket.Blocking = false;
            DeferredAccept.Start(socket);
            socket.Listen(options.Backlog);
            // One thread answers more than 20,000 connections a second. On a machine with few cores a second thread would only compete with
            // it.
            int threads = Environment.ProcessorCount < 4 ? 1 : 2;
            ILogger logger = loggers.CreateSafeLogger("Berth.Dispatcher");
            return ValueTask.FromResult<IConnectionListener>(
                new FirstLookListener(socket, threads, CreateContexts(), answers, idle, time, logger));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Bind(IPEndPoint address)
    {
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    private SocketConnectionContextFactory CreateContexts() => new(
        new SocketConnectionFactoryOptions
        {
            IOQueueCount = options.IOQueueCount,
            MaxReadBufferSize = options.MaxReadBufferSize,
            MaxWriteBufferSize = options.MaxWriteBufferSize,
            UnsafePreferInlineScheduling = options.UnsafePreferInlineScheduling,
            WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
        },
        loggers.CreateSafeLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
}
