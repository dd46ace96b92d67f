using System.Net;
using Berth.Dispatcher.Access;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.FirstLook;
using Berth.Dispatcher.Options;
using Berth.Dispatcher.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Server;

/// <summary>Configures Kestrel: HTTP/1.1, with TLS also HTTP/2; every size limited; no Server header.</summary>
internal static class KestrelSetup
{
    // A request here is one short line and a client's usual headers.
    private const int MaxRequestLine = 4 * 1024;
    private const int MaxHeaders = 16 * 1024;
    private const int MaxHeaderCount = 64;
    private const int MaxReadAhead = 64 * 1024;

    // Connections that the kernel keeps until they are accepted. After a failure of the network thousands of clients connect at the same
    // moment. With Kestrel's 512 the kernel drops what does not fit, and those clients try again after 1, 3 and 7 s. The system's
    // net.core.somaxconn, by default 4096, limits it.
    private const int Backlog = 4096;

    /// <summary>Creates the server and its addresses. The ports are known when it has started.</summary>
    public static (KestrelServer Server, IReadOnlyList<ListenAddress> Addresses) Create(
        IReadOnlyList<string> urls, DispatcherOptions options, int? maxConnections, ServerTls? tls, ClientDoor? door,
        IPlainRequests? plain, TimeProvider time, ILoggerFactory loggers)
    {
        KestrelServerOptions kestrel = new() { AddServerHeader = false, AllowSynchronousIO = false };
        ListenUrl[] parsed = [.. urls.Select(ListenUrl.Parse)];
        ListenAddress[] addresses = [.. parsed.Select(url => new ListenAddress(kestrel, url, tls, door, plain))];
        kestrel.Limits.MaxRequestLineSize = MaxRequestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaderCount;
        // Only requests for seats have a body, and a short one. Kestrel reads past another body up to this size.
        kestrel.Limits.MaxRequestBodySize = 4 * 1024;
        kestrel.Limits.RequestHeadersTimeout = options.RequestHeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        kestrel.Limits.MaxConcurrentConnections = maxConnections;
        // Nothing here blocks, so the thread that wrote an answer may also send it. Otherwise a change for 10,000 watchers first fills a
        // buffer for each of them before the first one is sent. The transport limits how much is read ahead (default 1 MB per connection);
        // MaxRequestBufferSize in Kestrel's limits has no effect on it.
        SocketTransportOptions transport = new()
        {
            UnsafePreferInlineScheduling = true, MaxReadBufferSize = MaxReadAhead, Backlog = Backlog,
        };
        FairTransport sockets = new(new SocketTransportFactory(Microsoft.Extensions.Options.Options.Create(transport), loggers));
        // With a limit, Kestrel counts connections, so every connection must go through it.
        IConnectionListenerFactory accepting = plain is null || maxConnections is not null
            ? sockets
            : new FirstLookTransport(
                sockets, transport, plain.Answers, options.KeepAliveTimeout, address => IsPlain(parsed, address), time, loggers);
        return (new KestrelServer(Microsoft.Extensions.Options.Options.Create(kestrel), accepting, loggers), addresses);
    }

    /// <summary>True for an address without TLS. The port identifies it, unless the system chooses the port.</summary>
    private static bool IsPlain(ListenUrl[] urls, IPEndPoint address) =>
        !urls.Any(static url => url.IsTls) || (address.Port != 0 && !urls.Any(url => url.IsTls && url.Port == address.Port));

    /// <summary>Converts a failure to listen into a sentence with the remedy.</summary>
    public static DispatcherStartException Explain(IReadOnlyList<string> addresses, string option, Exception exception)
    {
        string urls = string.Join(", ", addresses);
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is AddressInUseException)
                return new DispatcherStartException(
                    $"{Where(exception, urls)} is in use by another program. Stop that one, or choose another port with {option}.",
                    exception);
        }

        return new DispatcherStartException(
            $"Listening on {urls} failed: {exception.GetBaseException().Message.TrimEnd('.')}. " +
            $"Choose addresses of this machine with {option}.",
            exception);
    }

    /// <summary>Finds the address that failed. Kestrel's message starts with it.</summary>
    private static string Where(Exception exception, string urls)
    {
        const string Prefix = "Failed to bind to address ";
        string message = exception.Message;
        int end = message.StartsWith(Prefix, StringComparison.Ordinal)
            ? message.IndexOf(": ", Prefix.Length, StringComparison.Ordinal)
            : -1;
        return end > 0 ? message[Prefix.Length..end] : urls;
    }
}
