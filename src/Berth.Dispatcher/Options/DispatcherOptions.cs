using System.Net;
using Berth.Checks;
using Berth.Dispatcher.Options;

namespace Berth.Dispatcher;

/// <summary>The options of service A. The server checks all of them when it starts and reports all faults in one message.</summary>
public sealed class DispatcherOptions
{
    private const int MaxRunIdLength = 64;

    /// <summary>The Services to answer for, at least one, each once. <c>GET /</c> answers for the first.</summary>
    public IReadOnlyList<DispatcherTarget> Targets { get; init; } = [];

    /// <summary>
    /// The one of <see cref="Targets"/> whose pods answer UDP datagrams (<see cref="PingResponder"/>), one for each zone in
    /// <c>GET /v1/ping</c>. It has no seats. Default: null; then that route does not exist.
    /// </summary>
    public ServiceTarget? PingTarget { get; init; }

    /// <summary>
    /// Chooses the endpoint that <c>GET /</c> answers with. Default: random. A sticky picker reads <c>?key=</c>; without a key it picks
    /// any.
    /// </summary>
    public IEndpointPicker Picker { get; init; } = RandomPicker.Shared;

    /// <summary>
    /// The addresses to listen on, at least one: <c>http://HOST:PORT</c> with an IP address, <c>localhost</c>, or <c>*</c> for every
    /// address of both families. <c>https://</c> needs <see cref="Tls"/>. Port 0 takes any free port (not with <c>localhost</c>). Default:
    /// <c>http://*:8000</c>.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://*:8000"];

    /// <summary>The certificates for addresses with <c>https://</c>. Default: null, for none.</summary>
    public DispatcherTlsOptions? Tls { get; init; }

    /// <summary>
    /// The addresses for probes, metrics and operators, written as <see cref="Urls"/>. They answer every route and ask for no token.
    /// Default: none; then <see cref="Urls"/> answer <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c> too, otherwise they do not.
    /// </summary>
    public IReadOnlyList<string> AdminUrls { get; init; } = [];

    /// <summary>
    /// True for the page for operators at <c>/ui/</c>, false for none. With <see cref="AdminUrls"/> it is at these addresses only. Default:
    /// null, which means true with <see cref="AdminUrls"/>, else false.
    /// </summary>
    public bool? Page { get; init; }

    /// <summary>
    /// The path of a file with the tokens of clients, one a line: <c>NAME TOKEN [NAMESPACE/SERVICE ...]</c>, 1 to 1,000. It is
    /// looked at every 5 s. Default: null, for no tokens.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// The subjects whose client certificates count, as distinguished names such as <c>CN=lobby, O=games</c>. Needs
    /// <see cref="DispatcherTlsOptions.ClientCaFile"/>. Default: none, for every certificate of its CAs.
    /// </summary>
    public IReadOnlyList<string> ClientSubjects { get; init; } = [];

    /// <summary>
    /// The origins of pages that may read the answers (CORS), such as <c>https://play.example.com</c>, or <c>*</c> for all. Default: none.
    /// </summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>True to answer the plain <c>GET /</c> in front of Kestrel; tests compare both ways.</summary>
    internal bool AnswersPlainRequests { get; init; } = true;

    /// <summary>The time that a client has for the head of a request, from its first byte; tests make it short.</summary>
    internal TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The limits of one client address at <see cref="Urls"/>. Default: null, for no limits.</summary>
    public DispatcherClientLimits? ClientLimits { get; init; }

    /// <summary>
    /// The networks of the proxies and load balancers in front of this server, whose <c>X-Forwarded-For</c> and PROXY protocol are
    /// believed. Default: none.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>
    /// True when each connection to <see cref="Urls"/> starts with a header of PROXY protocol version 2. Connections that do not, and those
    /// that do not come from <see cref="TrustedProxies"/>, are cut. Default false.
    /// </summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>
    /// The time during which the server still serves, as unready, before it stops accepting, 0 to 10 minutes. Default 0. In Kubernetes give
    /// a few seconds: a Service sends new connections to a terminating pod until every node knows that it terminates.
    /// </summary>
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The time that requests in progress have to end after the server stopped accepting, 0 to 10 minutes. Default 10 s.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time for which an idle connection stays open, 1 s to 1 hour. Default 130 s, as in Kestrel. On Linux the time of a client that
    /// sends nothing can begin a second after it connected (TCP_DEFER_ACCEPT of tcp(7)).
    /// </summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// The number of connections that may be open at once, 1 or more, or null for no limit. Default null: a connection takes little memory.
    /// </summary>
    public int? MaxConnections { get; init; }

    /// <summary>
    /// Names this run in entity tags, in the ids of watches, and to other dispatchers that follow this one: 1 to 64 letters and digits, and
    /// not that of any other run. Default: null, for the time of the start.
    /// </summary>
    public string? RunId { get; init; }

    /// <summary>
    /// Returns the run ids of the dispatchers that the endpoints of a target come through, from the nearest to the one that reads the API,
    /// where the source follows a dispatcher. Dispatchers that follow this one detect loops by it. Default: none.
    /// </summary>
    public Func<ServiceTarget, IReadOnlyList<string>> FindDispatchers { get; init; } = static _ => [];

    /// <summary>Seats: how this dispatcher reaches the desks of pods. Default: null, without seats and their routes.</summary>
    public DispatcherSeatOptions? Seats { get; init; }

    /// <summary>
    /// Returns the changes to apply while the server runs, or null when there are none. It is called every 5 s, on one thread at a time.
    /// Default: null; then nothing changes.
    /// </summary>
    public Func<DispatcherChange?>? ReadChange { get; init; }

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        FindTargetFaults(faults);
        faults.CheckGiven(Picker, nameof(Picker));
        faults.Check(Urls is { Count: > 0 }, "There is no address to listen on. Give at least one, such as http://*:8000.");
        faults.AddAll((Urls ?? []).Concat(AdminUrls ?? []).Select(ListenUrl.FaultOf).OfType<string>());
        FindTlsFaults(faults);
        AccessFaults.Find(this, faults);
        faults.AddAll(ClientLimits?.FindFaults() ?? []);
        faults.CheckGiven(TrustedProxies, nameof(TrustedProxies));
        faults.Check(
            !ProxyProtocol || TrustedProxies is { Count: > 0 },
            "PROXY protocol is on, and no proxy is trusted. Name the load balancer's network with --trusted-proxy.");
        faults.CheckRange(ShutdownDelay, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(ShutdownDelay));
        faults.CheckRange(ShutdownGrace, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(ShutdownGrace));
        faults.CheckRange(KeepAliveTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(KeepAliveTimeout));
        faults.Check(
            RunId is null or { Length: > 0 and <= MaxRunIdLength } && RunId?.All(char.IsAsciiLetterOrDigit) != false,
            $"The run id '{RunId}' is not valid. Give 1 to {MaxRunIdLength} letters and digits, or none.");
        faults.CheckGiven(FindDispatchers, nameof(FindDispatchers));
        faults.CheckRange(MaxConnections, 1, int.MaxValue, nameof(MaxConnections));
        faults.AddAll(Seats?.FindFaults() ?? []);
        return faults.Found;
    }

    private void FindTlsFaults(OptionFaults faults)
    {
        string? encrypted = (Urls ?? []).Concat(AdminUrls ?? []).FirstOrDefault(ListenUrl.AsksForTls);
        faults.Check(
            encrypted is null || Tls is not null,
            $"The address '{encrypted}' needs TLS, and there is no certificate. Give one with --tls-cert and --tls-key.");
        faults.Check(
            encrypted is not null || Tls is null,
            "There is a certificate for TLS, and no address with https://. Give one with --urls, such as https://*:8443.");
        faults.AddAll(Tls?.FindFaults() ?? []);
    }

    private void FindTargetFaults(OptionFaults faults)
    {
        faults.Check(
            Targets is { Count: > 0 },
            "There is no target. Give at least one as NAMESPACE/SERVICE, such as k8s-example2/service-b.");
        HashSet<ServiceTarget> seen = [];
        foreach (DispatcherTarget target in Targets ?? [])
        {
            if (target is null || target.Target == default || target.Ports is null)
                faults.Check(false, "A target has no name or no port scheme. Give both.");
            else
                faults.Check(seen.Add(target.Target), $"The target {target.Target} is given twice. Give each target once.");
        }

        faults.Check(
            PingTarget is not { } ping || seen.Contains(ping),
            $"The pods of {PingTarget} answer pings, and it is no target. Add it to the targets.");
        faults.Check(
            PingTarget is null || Targets is not [{ } first, ..] || first.Target != PingTarget,
            $"The first target, {PingTarget}, answers pings, and GET / would name its pods. Name another target first.");
    }
}
