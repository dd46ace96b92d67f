using System.Net;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Runtime;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Tunnels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.LocalCluster.Api;

/// <summary>
/// kubectl port-forward: SPDY/3.1 inside the messages of a WebSocket, as kubectl uses since 1.31 (KEP-4006), or without a WebSocket, as
/// older kubectls use and newer ones as a fallback. The connections go to the pod's address, or to localhost if its processes listen there.
/// </summary>
internal sealed class PortForwardHandler(ObjectStore store, Kubelet kubelet, TimeProvider time, ILogger logger)
{
    private const string Protocol = "portforward.k8s.io";
    private const string Tunnelled = "SPDY/3.1+portforward.k8s.io";
    private const string Spdy = "SPDY/3.1";

    /// <summary>The maximum length of the reason with which a WebSocket is closed (RFC 6455, 5.5.1).</summary>
    private const int MaxReason = 123;

    /// <summary>True for the subresource that this answers.</summary>
    public static bool Answers(RequestTarget target) => target is { Name: not null, Subresource: "portforward" };

    public async Task HandleAsync(RequestTarget target, HttpContext http, CancellationToken stopping)
    {
        StoredObject pod = store.Get(target.Kind, target.Namespace, target.Name!);
        if (pod.Body.Text("status", "phase") != "Running" || !IPAddress.TryParse(pod.Body.Text("status", "podIP"), out IPAddress? address))
        {
            throw ApiException.BadRequest(
                $"unable to forward port because pod is not running. Current status={pod.Body.Text("status", "phase")}");
        }

        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        PortForwarding forwarding = new($"{pod.Namespace}/{pod.Name}", Find, time, ending.Token);
        if (http.WebSockets.IsWebSocketRequest && http.WebSockets.WebSocketRequestedProtocols.Contains(Tunnelled, StringComparer.Ordinal))
            await InWebSocketAsync(http, forwarding, ending.Token).ConfigureAwait(false);
        else if (http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && string.Equals(http.Request.Headers.Upgrade, Spdy, StringComparison.OrdinalIgnoreCase))
            await BareAsync(http, upgrade, forwarding, ending.Token).ConfigureAwait(false);
        else
            throw ApiException.BadRequest($"the local cluster forwards ports over WebSockets ({Tunnelled}) or {Spdy}: use kubectl");

        IPAddress Find(int port)
        {
            IEnumerable<int?> processes = kubelet.Find(pod.Uid)?.All.Select(static container => container.ProcessId) ?? [];
            return PodListeners.Find(address, [.. processes.OfType<int>()], port);
        }
    }

    private async Task InWebSocketAsync(HttpContext http, PortForwarding forwarding, CancellationToken ending)
    {
        // The name contains a slash, so it is not a token (RFC 9110) and .NET refuses to accept it; but kubectl refuses an answer without
        // it.
        http.Response.Headers.SecWebSocketProtocol = Tunnelled;
        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        Stream stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: false);
        await using ConfiguredAsyncDisposable closing = stream.ConfigureAwait(false);
        string? fault = await RunAsync(stream, forwarding, ending).ConfigureAwait(false);
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        WebSocketCloseStatus status = fault is null ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.ProtocolError;
        string? reason = fault?[..Math.Min(fault.Length, MaxReason)];
        await socket.CloseOutputAsync(status, reason, ending).ConfigureAwait(false);
    }

    private async Task BareAsync(HttpContext http, IHttpUpgradeFeature upgrade, PortForwarding forwarding, CancellationToken ending)
    {
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.Upgrade = Spdy;
        http.Response.Headers["X-Stream-Protocol-Version"] = Protocol;
        Stream stream = await upgrade.UpgradeAsync().ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = stream.ConfigureAwait(false);
        await RunAsync(stream, forwarding, ending).ConfigureAwait(false);
    }

    /// <summary>Serves a connection until it ends. Returns a sentence if the client sent something that cannot be read.</summary>
    private async Task<string?> RunAsync(Stream stream, PortForwarding forwarding, CancellationToken ending)
    {
        using SpdyConnection connection = new(stream, forwarding.ServeAsync);
        try
        {
            await connection.RunAsync(ending).ConfigureAwait(false);
            return null;
        }
        catch (TunnelException exception)
        {
            Log.TunnelEnded(logger, exception.Message);
            return exception.Message;
        }
        catch (Exception exception) when (exception is IOException or WebSocketException)
        {
            // The client is gone.
            return null;
        }
    }
}
