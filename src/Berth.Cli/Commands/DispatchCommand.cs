using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Net;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Dispatcher;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary><c>berth dispatch</c>: service A.</summary>
internal static class DispatchCommand
{
    private const int DefaultPort = 8000;

    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "dispatch",
            "Runs service A: an HTTP server that answers each client with the address of one pod.",
            "berth dispatch --target k8s-example2/service-b --base-port 3000",
            "berth dispatch --target k8s-example2/service-b --port-name echo --picker sticky --address external",
            "berth dispatch --target games/lobby --target games/match --base-port game=4000,admin=5000 --stride 2",
            "berth dispatch --target games/lobby --base-port 4000 --urls 'http://127.0.0.1:8000;http://[::1]:8000'",
            "berth dispatch --target games/lobby --base-port 4000 --snapshot-file /var/lib/berth/snapshot --max-stale 1h",
            "berth dispatch --target games/lobby --from http://service-a.games",
            "berth dispatch --target games/lobby --base-port 4000 --cluster east=context:prod-east --cluster west=context:prod-west",
            "berth dispatch --target games/lobby --base-port 4000 --address external --ping games/ping:9500",
            "berth dispatch --target games/lobby --base-port 4000 --source dns",
            "berth dispatch --target games/lobby --base-port 4000 --tls-cert tls.crt --tls-key tls.key --urls https://*:8443",
            "berth dispatch --target games/lobby --base-port 4000 --seat-keys /etc/berth/keys --desk-base-port 9000")
            .Runs(
                host,
                [
                    .. DispatchSettings.All, .. FromSettings.All, ManyClusterSettings.Cluster, .. SourceSettings.All,
                    .. SeatSettings.OfDispatch,
                    .. PortSettings.OfTarget, .. ClusterSettings.All, .. CommonSettings.OfLog, CommonSettings.Config,
                ],
                reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        string runId = FromSettings.CreateRunId(host);
        DispatchSources sources = new(reader, runId, host);
        // Cordons are applied between the source and the directory, only if there can be any.
        string[] cordoned = reader.Get(DispatchSettings.Cordon);
        ConfigurationChanges? changes = reader.FilePath is null ? null : new ConfigurationChanges(
            reader, now => ReadOptions(now, runId, sources, null), pods => sources.Cordon(pods));
        DispatcherOptions options = ReadOptions(reader, runId, sources, changes);
        sources.Read([.. options.Targets.Select(static target => target.Target)]);
        string? snapshotFile = reader.Get(DispatchSettings.SnapshotFile);
        TimeSpan? maxStale = reader.Get(DispatchSettings.MaxStale);
        bool lastResort = reader.Get(DispatchSettings.LastResort);
        if (lastResort && sources.AreClusters)
            reader.Fault("--last-resort and --cluster are both given. With clusters, another cluster takes over. Leave one out.");
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        reader.ThrowIfFaulty();
        using StopSignal stop = new();

        // All rooms use one meter, so that GET /metrics shows all their instruments.
        using Meter meter = new("Berth");
        EndpointDirectory directory = await sources.OpenAsync(
            ClusterChoice.DirectoryOptions(host, loggers, meter, snapshotFile, maxStale, lastResort),
            changes is not null || cordoned.Length > 0)
            .ConfigureAwait(false);
        sources.Cordon(cordoned);
        await using (directory.ConfigureAwait(false))
        {
            DispatcherServer server = await DispatcherServer.StartAsync(
                directory, options, loggers, host.Time, meter, stop.Token).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                await stop.WaitAsync().ConfigureAwait(false);
                await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>Reads the options of the server.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="runId">The name of this run.</param>
    /// <param name="sources">Where the pods are read from.</param>
    /// <param name="changes">Says what changes in the configuration file, or null.</param>
    private static DispatcherOptions ReadOptions(
        SettingsReader reader, string runId, DispatchSources sources, ConfigurationChanges? changes)
    {
        ServiceTarget[] targets = reader.Get(DispatchSettings.Target);
        bool targetsAreSound = !reader.HasFaults;
        PortScheme ports = PortSettings.Read(
            reader, ofPod: false, required: !sources.AreDispatchers, ofDispatcher: sources.AreDispatchers);
        (ServiceTarget Target, int Port)? ping = reader.Get(PingSettings.Target);
        DispatcherTlsOptions? tls = TlsSettings.Read(reader);
        string scheme = tls is null ? "http" : "https";
        string picker = reader.Get(DispatchSettings.Picker);
        DispatcherOptions options = new()
        {
            Targets =
            [
                .. targets.Select(target => new DispatcherTarget(target, ports)),
                .. ping is { } found ? [new DispatcherTarget(found.Target, PortScheme.Fixed(found.Port))] : Array.Empty<DispatcherTarget>(),
            ],
            PingTarget = ping?.Target,
            Picker = DispatchSettings.CreatePicker(picker),
            Urls = reader.Get(DispatchSettings.Urls) ?? UrlsOf(scheme, reader.Get(DispatchSettings.Bind)),
            Tls = tls,
            AdminUrls = reader.Get(AccessSettings.AdminUrls),
            Page = reader.Get(AccessSettings.Page),
            TokenFile = reader.Get(AccessSettings.TokenFile),
            ClientSubjects = reader.Get(AccessSettings.ClientSubjects),
            ClientLimits = LimitSettings.Read(reader),
            MaxConnections = LimitSettings.OrNull(reader.Get(LimitSettings.MaxConnections)),
            TrustedProxies = reader.Get(LimitSettings.TrustedProxies),
            ProxyProtocol = reader.Get(LimitSettings.ProxyProtocol),
            CorsOrigins = reader.Get(AccessSettings.CorsOrigins),
            ShutdownDelay = reader.Get(DispatchSettings.ShutdownDelay),
            RunId = runId,
            FindDispatchers = sources.FindDispatchers,
            Seats = SeatSettings.ReadDispatcher(reader, picksBySeats: picker == DispatchSettings.SeatsPicker),
            ReadChange = changes is null ? null : changes.Read,
        };

        // The dispatcher finds further faults. A target that could not be parsed is not reported as missing too.
        foreach (string fault in options.FindFaults())
        {
            if (targets.Length > 0 || targetsAreSound || !fault.StartsWith("There is no target", StringComparison.Ordinal))
                reader.Fault(fault);
        }

        return options;
    }

    private static string[] UrlsOf(string scheme, IPAddress[] addresses) =>
        addresses.Length == 0
            ? [$"{scheme}://*:{DefaultPort}"]
            : [.. addresses.Select(address => $"{scheme}://{new IPEndPoint(address, DefaultPort)}")];
}
