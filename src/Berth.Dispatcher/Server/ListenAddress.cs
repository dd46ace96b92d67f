using Berth.Dispatcher.Access;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Options;
using Berth.Dispatcher.Tls;
using Berth.Seats.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Dispatcher.Server;

/// <summary>One address that Kestrel listens on, with the middleware of its connections.</summary>
internal sealed class ListenAddress
{
    private readonly ListenUrl _url;
    private readonly ServerTls? _tls;
    private readonly ClientDoor? _door;
    private readonly IPlainRequests? _plain;
    private ListenOptions? _endpoint;

    /// <summary>Adds the address to the options of a server.</summary>
    public ListenAddress(KestrelServerOptions kestrel, ListenUrl url, ServerTls? tls, ClientDoor? door, IPlainRequests? plain)
    {
        _url = url;
        _tls = tls;
        _door = door;
        _plain = plain;
        if (url.Address is { } address)
            kestrel.Listen(address, url.Port, Configure);
        else if (url.IsLocalhost)
            kestrel.ListenLocalhost(url.Port, Configure);
        else
            kestrel.ListenAnyIP(url.Port, Configure);
    }

    /// <summary>The address, with the actual port where the server has started.</summary>
    public override string ToString()
    {
        string authority = _url.IsLocalhost ? $"localhost:{_url.Port}" : _endpoint!.IPEndPoint!.ToString();
        return $"{(_url.IsTls ? "https" : "http")}://{authority}";
    }

    private void Configure(ListenOptions endpoint)
    {
        _endpoint = endpoint;
        if (_door is { } door)
            endpoint.Use(inside => transport => door.RunAsync(transport, inside, !_url.IsTls));
        // Kestrel does not know of our TLS, so HTTP/2 is its default and not set here: it would warn. The handshake chooses the protocol.
        if (_url.IsTls)
            endpoint.Use(inside => transport => TlsConnection.RunAsync(transport, _tls!, inside));
        else
            endpoint.Protocols = HttpProtocols.Http1;
        endpoint.Use(http => transport => ClientConnection.RunAsync(transport, http, _plain));
    }
}
