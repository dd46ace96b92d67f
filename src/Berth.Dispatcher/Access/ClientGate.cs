using System.Diagnostics.Metrics;
using System.Net;
using Berth.Dispatcher.Clients;
using Berth.Dispatcher.Http;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Access;

/// <summary>Counts the requests, connections and watches of each client address, and refuses those above a limit.</summary>
internal sealed class ClientGate
{
    private const int NoLimit = int.MaxValue;

    private readonly TrustedProxies _proxies;
    private readonly CountTable? _watches;
    private readonly CountTable? _connections;
    private readonly int _prefix;
    private readonly Counter<long> _refused;
    private volatile RateTable? _rates;

    public ClientGate(DispatcherOptions options, Meter meter, TimeProvider time)
    {
        DispatcherClientLimits limits = options.ClientLimits ?? new DispatcherClientLimits();
        _proxies = new TrustedProxies(options.TrustedProxies);
        _prefix = limits.IPv6Prefix;
        // A limit that is added later needs counts from the start.
        bool mayChange = options.ReadChange is not null;
        if (limits.Watchers is not null || mayChange)
            _watches = new CountTable(NoLimit);
        if (limits.Connections is not null || mayChange)
            _connections = new CountTable(NoLimit);
        ReadsProxyHeader = options.ProxyProtocol;
        Time = time;
        Limits = limits;
        SetLimits(limits);
        _refused = meter.CreateCounter<long>("berth.refused", "{refusal}", "Connections and requests refused by a limit, by its name.");
    }

    public TimeProvider Time { get; }

    /// <summary>The current limits.</summary>
    public DispatcherClientLimits Limits { get; private set; }

    /// <summary>True when connections start with a header of PROXY protocol.</summary>
    public bool ReadsProxyHeader { get; }

    /// <summary>True when any option of clients is used.</summary>
    public static bool IsNeeded(DispatcherOptions options) =>
        options.ClientLimits is not null || options.ProxyProtocol || options.ReadChange is not null;

    /// <summary>
    /// Replaces the limits, except the prefix. Open connections and watches still count; the count of requests starts again. For one
    /// writer.
    /// </summary>
    public void SetLimits(DispatcherClientLimits limits)
    {
        if (limits.RequestsPerSecond is not { } perSecond)
            _rates = null;
        else if (_rates is null || (perSecond, limits.Burst) != (Limits.RequestsPerSecond, Limits.Burst))
            _rates = new RateTable(perSecond, limits.Burst ?? perSecond * 2, Time);
        if (_watches is not null)
            _watches.Max = limits.Watchers ?? NoLimit;
        if (_connections is not null)
            _connections.Max = limits.Connections ?? NoLimit;
        Limits = limits;
    }

    public bool IsProxy(IPAddress peer) => _proxies.Contain(peer);

    /// <summary>Counts a connection. Returns false when the client has too many; a true is followed by one <see cref="Leave"/>.</summary>
    public bool TryEnter(IPAddress peer)
    {
        if (_connections is null || _proxies.Contain(peer) || _connections.TryEnter(ClientKey.Of(peer, _prefix)))
            return true;
        Refuse("connections");
        return false;
    }

    public void Leave(IPAddress peer)
    {
        if (_connections is not null && !_proxies.Contain(peer))
            _connections.Leave(ClientKey.Of(peer, _prefix));
    }

    /// <summary>Counts a connection that did not start with the required header.</summary>
    public void Refuse(string limit) => _refused.Add(1, new KeyValuePair<string, object?>("berth.limit", limit));

    /// <summary>Counts a request. Returns a problem when the client is above its limit, otherwise null.</summary>
    public Problem? Check(Exchange exchange, Route route)
    {
        if (route is Route.Health or Route.Ready || exchange.RemoteAddress is not { } peer)
            return null;
        StringValues forwarded = exchange.Request.Headers["X-Forwarded-For"];
        UInt128 client = ClientKey.Of(forwarded.Count == 0 ? peer : _proxies.FindClient(peer, forwarded), _prefix);
        if (_rates?.Take(client) is { Ticks: > 0 } wait)
        {
            Refuse("requests");
            return Problem.TooManyRequests((int)Math.Ceiling(wait.TotalSeconds));
        }

        if (route == Route.Watch && _watches is not null)
            exchange.SetWatchSlot(new WatchSlot(_watches, client));
        return null;
    }
}
