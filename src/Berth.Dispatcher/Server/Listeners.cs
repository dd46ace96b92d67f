using Berth.Dispatcher.Access;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Server;

/// <summary>
/// The server of the public addresses, and the server of the admin addresses if there are any. There are two servers, so that many clients
/// of the first one never keep a probe or an operator from the second.
/// </summary>
internal sealed class Listeners : IDisposable
{
    private readonly DispatcherOptions _options;
    private readonly KestrelServer _server;
    private readonly KestrelServer? _admin;
    private readonly IReadOnlyList<ListenAddress> _addresses;
    private readonly IReadOnlyList<ListenAddress> _adminAddresses = [];

    public Listeners(
        DispatcherOptions options, ServerTls? tls, ClientGate? clients, IPlainRequests? plain, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        ClientDoor? door = clients is null ? null : new ClientDoor(clients);
        (_server, _addresses) = KestrelSetup.Create(
            options.Urls, options, options.MaxConnections, tls, door, plain, time, loggers);
        if (options.AdminUrls.Count > 0)
            (_admin, _adminAddresses) = KestrelSetup.Create(
                options.AdminUrls, options, null, tls, null, null, time, loggers);
    }

    public IReadOnlyList<string> Addresses => [.. _addresses.Select(static address => address.ToString())];

    public IReadOnlyList<string> AdminAddresses => [.. _adminAddresses.Select(static address => address.ToString())];

    /// <exception cref="DispatcherStartException">An address cannot be listened on.</exception>
    public async Task StartAsync(DispatcherApplication application, DispatcherApplication admin, CancellationToken cancellationToken)
    {
        await StartAsync(_server, application, _options.Urls, "--urls", cancellationToken).ConfigureAwait(false);
        if (_admin is not null)
            await StartAsync(_admin, admin, _options.AdminUrls, "--admin-urls", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stop the public addresses first, so that probes and metrics work until the end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _server.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_admin is not null)
            await _admin.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _server.Dispose();
        _admin?.Dispose();
    }

    private static async Task StartAsync(
        KestrelServer server, DispatcherApplication application, IReadOnlyList<string> urls, string option,
        CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(application, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw KestrelSetup.Explain(urls, option, exception);
        }
    }
}
