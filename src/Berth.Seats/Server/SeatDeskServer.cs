using System.Net;
using Berth.Seats.Diagnostics;
using Berth.Seats.Server;
using Berth.Seats.Tls;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Berth.Seats;

/// <summary>
/// The HTTP server of a desk, for dispatchers and for the servers of its pod. It answers those who have a shared key. With
/// <see cref="SeatDeskOptions.CertificateFile"/> it speaks TLS 1.2 and later, and nothing else.
/// </summary>
/// <remarks>
/// A pod on the host network is out of reach of NetworkPolicies, and its node may have a public address: let it listen on the node's
/// internal address alone.
/// </remarks>
public sealed class SeatDeskServer : IAsyncDisposable
{
    private const int MaxBody = 256 * 1024;

    private readonly KestrelServer _kestrel;
    private readonly CancellationTokenSource _ending;
    private int _disposed;

    private SeatDeskServer(KestrelServer kestrel, CancellationTokenSource ending, IPEndPoint address)
    {
        _kestrel = kestrel;
        _ending = ending;
        Address = address;
    }

    /// <summary>The address that it listens on, with the actual port where port 0 was given.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="desk">The desk. The caller keeps it, and disposes it after this server.</param>
    /// <param name="address">The address: one of this machine, and a port; 0 takes any free port.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">The server cannot listen on the address; the message says why.</exception>
    public static async Task<SeatDeskServer> StartAsync(
        SeatDesk desk, IPEndPoint address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(desk);
        ArgumentNullException.ThrowIfNull(address);
        CancellationTokenSource ending = new();
        KestrelServer kestrel = CreateKestrel(desk, address);
        try
        {
            await kestrel.StartAsync(new DeskApplication(desk, ending.Token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            kestrel.Dispose();
            ending.Dispose();
            if (exception is OperationCanceledException)
                throw;
            throw new IOException(
                $"The desk cannot listen on {address}: {exception.GetBaseException().Message.TrimEnd('.')}. " +
                "Give an address of this machine, and a port that is free.",
                exception);
        }

        Uri url = new(kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        SeatDeskServer server = new(kestrel, ending, new IPEndPoint(address.Address, url.Port));
        Log.Listening(desk.Logger, desk.Pod, server.Address.ToString(), desk.State.Capacity);
        return server;
    }

    /// <summary>Stops the server: ends its streams and cuts the other connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _ending.CancelAsync().ConfigureAwait(false);
        await _kestrel.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _kestrel.Dispose();
        _ending.Dispose();
    }

    private static KestrelServer CreateKestrel(SeatDesk desk, IPEndPoint address)
    {
        KestrelServerOptions kestrel = new() { AddServerHeader = false, AllowSynchronousIO = false };
        DeskDoor door = new(desk.MaxConnections, desk.Time);
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(inside => connection => door.RunAsync(connection, inside));
            if (desk.Tls is { } tls)
                endpoint.Use(inside => connection => TlsConnection.RunAsync(connection, tls, inside));
        });
        kestrel.Limits.MaxRequestLineSize = 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 32;
        kestrel.Limits.MaxRequestBodySize = MaxBody;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        // A desk answers within microseconds and waits for nothing, so the thread that has read a request also answers it.
        SocketTransportOptions transport = new() { MaxReadBufferSize = 64 * 1024, UnsafePreferInlineScheduling = true };
        // Kestrel logs each bad request, and requests of strangers must not fill the log.
        SocketTransportFactory sockets = new(Options.Create(transport), NullLoggerFactory.Instance);
        KestrelServer server = new(Options.Create(kestrel), sockets, NullLoggerFactory.Instance);
        // With https Kestrel would look for its own certificate.
        server.Features.Get<IServerAddressesFeature>()!.Addresses.Add($"http://{address}");
        return server;
    }
}
