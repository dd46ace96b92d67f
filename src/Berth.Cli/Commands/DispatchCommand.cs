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
            "berth dispatch --target games/lobby --base-port 4000 --snapshot-file /var/lib/berth/snapshot --max-stale 1h")
            .Runs(
                host,
                [.. DispatchSettings.All, .. PortSettings.OfTarget, .. ClusterSettings.All, .. CommonSettings.OfLog, CommonSettings.Config],
                reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        DispatcherOptions options = ReadOptions(reader);
        ClusterChoice cluster = ClusterSettings.Read(reader);
        string? snapshotFile = reader.Get(DispatchSettings.SnapshotFile);
        TimeSpan? maxStale = reader.Get(DispatchSettings.MaxStale);
        using ILoggerFactory loggers = ProgramLogging.Create(reader, host);
        reader.ThrowIfFaulty();
        using StopSignal stop = new();

        // All rooms use one meter, so that GET /metrics shows all their instruments.
        using Meter meter = new("Berth");
        EndpointDirectory directory = cluster.Open(cluster.Find(host, loggers), host, loggers, meter, snapshotFile, maxStale);
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

    private static DispatcherOptions ReadOptions(SettingsReader reader)
    {
        ServiceTarget[] targets = reader.Get(DispatchSettings.Target);
        bool targetsAreSound = !reader.HasFaults;
        PortScheme ports = PortSettings.Read(reader, ofPod: false, required: true);
        DispatcherOptions options = new()
        {
            Targets = [.. targets.Select(target => new DispatcherTarget(target, ports))],
            Picker = reader.Get(DispatchSettings.Picker),
            Urls = reader.Get(DispatchSettings.Urls) ?? UrlsOf(reader.Get(DispatchSettings.Bind)),
            ShutdownDelay = reader.Get(DispatchSettings.ShutdownDelay),
        };

        // The dispatcher finds further faults. A target that could not be parsed is not reported as missing too.
        foreach (string fault in options.FindFaults())
        {
            if (targets.Length > 0 || targetsAreSound || !fault.StartsWith("There is no target", StringComparison.Ordinal))
                reader.Fault(fault);
        }

        return options;
    }

    private static string[] UrlsOf(IPAddress[] addresses) =>
        addresses.Length == 0
            ? ["http://*:8000"]
            : [.. addresses.Select(static address => $"http://{new IPEndPoint(address, DefaultPort)}")];
}
