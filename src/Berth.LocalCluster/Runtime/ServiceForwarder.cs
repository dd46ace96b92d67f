using System.Net;
using System.Net.Sockets;
using Berth.LocalCluster.Controllers;
using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Manifests;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Node ports, ports of the addresses of Services' names, and ports of this machine from options. Each has a listener, which forwards every
/// connection, or every sender of UDP datagrams, to a ready endpoint of the Service. It is the part of kube-proxy that manifests need.
/// </summary>
internal sealed class ServiceForwarder(
    ObjectStore store,
    IReadOnlyList<ServiceForward> given,
    bool nodePorts,
    ServiceNames names,
    EventRecorder events,
    NotEnforcedList notEnforced,
    TimeProvider time,
    ILogger logger)
    : IController, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IPEndPoint, (string Target, TcpPort? Port)> _open = [];
    private readonly Dictionary<IPEndPoint, (string Target, UdpRelay? Relay)> _relays = [];
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly List<Task> _ending = [];
    private int _turn;

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.Service || change.Kind == KindTable.Node ? ["/"] : [];

    /// <summary>Opens all ports at once. The endpoint is looked up for every connection.</summary>
    public void Reconcile(string? @namespace, string name) => Converge();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (TcpPort port in _open.Values.Select(static entry => entry.Port).OfType<TcpPort>())
            await port.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        foreach (UdpRelay relay in _relays.Values.Select(static entry => entry.Relay).OfType<UdpRelay>())
            await relay.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_ending).ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Opens and closes ports for the current Services.</summary>
    public void Converge()
    {
        Dictionary<IPEndPoint, string> wanted = Wanted().DistinctBy(pair => pair.At).ToDictionary(pair => pair.At, pair => pair.Target);
        foreach ((IPEndPoint at, (string target, TcpPort? port)) in _open.ToList())
        {
            if (wanted.GetValueOrDefault(at) == target)
                continue;
            _open.Remove(at);
            if (port is not null)
                _ending.Add(port.DisposeAsync().AsTask());
        }

        foreach ((IPEndPoint at, string target) in wanted.Where(pair => !_open.ContainsKey(pair.Key)))
            _open[at] = (target, Open(at, target));
        ConvergeUdp();
    }

    private void ConvergeUdp()
    {
        Dictionary<IPEndPoint, string> wanted =
            Ports("UDP").DistinctBy(static pair => pair.At).ToDictionary(static pair => pair.At, static pair => pair.Target);
        foreach ((IPEndPoint at, (string target, UdpRelay? relay)) in _relays.ToList())
        {
            if (wanted.GetValueOrDefault(at) == target)
                continue;
            _relays.Remove(at);
            if (relay is not null)
                _ending.Add(relay.DisposeAsync().AsTask());
        }

        _ending.RemoveAll(static ending => ending.IsCompletedSuccessfully);
        foreach ((IPEndPoint at, string target) in wanted.Where(pair => !_relays.ContainsKey(pair.Key)))
        {
            try
            {
                _relays[at] = (
                    target,
                    new UdpRelay(
                        at, () => Endpoints(target).FirstOrDefault(), exception => Log.PortFailed(logger, exception, at, target), time));
            }
            catch (SocketException exception)
            {
                TellTaken(at, target, exception);
                _relays[at] = (target, null);
            }
        }
    }

    private IEnumerable<(IPEndPoint At, string Target)> Wanted() => given
        .Select(static forward => (
            new IPEndPoint(IPAddress.Loopback, forward.LocalPort),
            $"{forward.Namespace}/{forward.Service}/{forward.ServicePort}/TCP"))
        .Concat(Ports("TCP"));

    private List<(IPEndPoint At, string Target)> Ports(string protocol)
    {
        List<IPAddress> nodes = nodePorts
            ? [.. store.List(KindTable.Node).Select(node => IPAddress.Parse(PodAddresses.InternalOf(node.Body)))]
            : [];
        return
        [
            .. from service in store.List(KindTable.Service)
               from port in service.Body.Items("spec", "ports")
               where port.Number("nodePort") > 0 && (port.Text("protocol") ?? "TCP") == protocol
               from node in nodes
               select (new IPEndPoint(node, (int)port.Number("nodePort")!.Value), $"{service.Key}/{port.Number("port")}/{protocol}"),
            .. from service in store.List(KindTable.Service)
               let address = names.AddressOf(service)
               where address is not null
               from port in service.Body.Items("spec", "ports")
               where (port.Text("protocol") ?? "TCP") == protocol
               select (new IPEndPoint(IPAddress.Parse(address), (int)port.Number("port")!.Value),
                   $"{service.Key}/{port.Number("port")}/{protocol}"),
        ];
    }

    private TcpPort? Open(IPEndPoint at, string target)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(at);
            listener.Listen();
        }
        catch (SocketException exception)
        {
            // Try once. On a failure the Service gets an event, and the rest of the cluster works.
            listener.Dispose();
            TellTaken(at, target, exception);
            return null;
        }

        return new TcpPort(
            listener, client => Take(client, target), exception => Log.PortFailed(logger, exception, at, target), time);
    }

    private void TellTaken(IPEndPoint at, string target, SocketException exception)
    {
        string[] parts = target.Split('/');
        if (store.Find(KindTable.Service, parts[0], parts[1]) is not { } service)
            return;
        // A port of a name is reported only in an event, because only a chart whose pods use the name needs it.
        if (at.Address.ToString() != names.AddressOf(service))
            notEnforced.Add(KindTable.Service, service.Body, $"port {at} ({exception.Message})");
        events.Record(service.Body, "Warning", "PortNotAvailable", $"{at} cannot be listened on: {exception.Message}", "berth-forwarder");
    }

    private void Take(Socket client, string target)
    {
        Task passing = PassAsync(client, target);
        _connections[passing] = true;
        _ = passing.ContinueWith(
            done => _connections.TryRemove(done, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>
    /// Copies in both directions until both have ended, or one breaks. An endpoint that refuses is skipped, because its process may have
    /// just ended.
    /// </summary>
    private async Task PassAsync(Socket client, string target)
    {
        using Socket from = client;
        try
        {
            foreach (IPEndPoint endpoint in Endpoints(target))
            {
                using Socket to = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await to.ConnectAsync(endpoint, _stopping.Token).ConfigureAwait(false);
                }
                catch (SocketException)
                {
                    continue;
                }

                from.NoDelay = true;
                await Task.WhenAll(CopyAsync(from, to), CopyAsync(to, from)).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has disconnected, or the cluster ends.
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token).ConfigureAwait(false) is > 0 and var count)
                await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction must not wait for data that never comes.
            from.Close();
            to.Close();
            throw;
        }
    }

    private IEnumerable<IPEndPoint> Endpoints(string target)
    {
        string[] parts = target.Split('/');
        IEnumerable<JsonObject> ports = store.Find(KindTable.Service, parts[0], parts[1])?.Body.Items("spec", "ports") ?? [];
        string? portName = ports
            .Where(port => port.Number("port")?.ToString(CultureInfo.InvariantCulture) == parts[2]
                && (port.Text("protocol") ?? "TCP") == parts[3])
            .Select(port => port.Text("name") ?? "")
            .FirstOrDefault();
        List<IPEndPoint> all =
        [
            .. from slice in store.List(KindTable.EndpointSlice, parts[0])
               where slice.Body.Text("metadata", "labels", "kubernetes.io/service-name") == parts[1]
               where slice.Body.Text("addressType") == "IPv4"
               from port in slice.Body.Items("ports")
               where (port.Text("name") ?? "") == portName && port.Number("port") is not null
               from endpoint in slice.Body.Items("endpoints")
               where endpoint.At("conditions", "ready") is null || endpoint.Flag("conditions", "ready")
               select new IPEndPoint(IPAddress.Parse(endpoint.Texts("addresses").First()), (int)port.Number("port")!.Value),
        ];
        int first = all.Count == 0 ? 0 : (int)((uint)Interlocked.Increment(ref _turn) % all.Count);
        return all.Skip(first).Concat(all.Take(first));
    }
}
