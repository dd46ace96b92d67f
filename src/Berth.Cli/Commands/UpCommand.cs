using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Cli.Up;
using Berth.LocalCluster;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Commands;

/// <summary><c>berth up</c>: the local cluster, and a view of it.</summary>
internal static class UpCommand
{
    public static Command Create(ProgramHost host) =>
        new ExampleCommand(
            "up",
            "Runs a local cluster: pods of service B as processes of this machine, and service A on http://127.0.0.1:8000. " +
            "Ctrl-C stops everything.",
            "berth up",
            "berth up --replicas 5 --base-port 4000 --port 8080",
            "berth up --nodes 3 --rbac true",
            "berth up --seats 8",
            "berth up -f my-manifests/ --image nginx=/usr/sbin/nginx --kubeconfig-out ./kubeconfig")
            .Runs(host, UpSettings.All, reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        UpOptions options = UpOptions.Read(reader);
        reader.ThrowIfFaulty();
        if (options.FindTakenPorts() is { } taken)
            throw CommandException.Usage(taken);
        // Before signals are taken over: while a file is a pipe without content, Ctrl-C ends the program as it ends kubectl.
        (string Text, string Origin)[] texts = options.IsBuiltIn ? [] : ManifestApply.Read(options);
        long started = host.Time.GetTimestamp();
        using SeatKeysFile? keys = options.Seats is null ? null : SeatKeysFile.Create();
        using StopSignal stop = new();
        using ILoggerFactory? loggers = host.Variable(FailureReport.DebugVariable) is "1"
            ? ProgramLogging.Create(json: false, LogLevel.Debug, host)
            : null;
        LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            OptionsFor(options, keys?.Path, host, loggers), stop.Token).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            if (!options.IsBuiltIn)
                ManifestApply.Run(cluster, texts, options, host.Error);
            using KubeconfigCopy copy = KubeconfigCopy.Write(options.KubeconfigOut, cluster.Kubeconfig);
            using (IUpView view = ViewFor(host))
            {
                UpSession session = new(cluster, options, view, options.KubeconfigOut ?? cluster.KubeconfigPath, host, started);
                await session.RunAsync(stop.Token).ConfigureAwait(false);
            }

            host.Out.WriteLine("Stopping ...");
        }

        host.Out.WriteLine("Stopped: no process and no file is left.");
        return ExitCode.Ok;
    }

    private static LocalClusterOptions OptionsFor(
        UpOptions options, string? seatKeys, ProgramHost host, ILoggerFactory? loggers) => new()
    {
        Manifests = options.IsBuiltIn ? BuiltInManifests.Read(options, seatKeys) : [],
        Forwards = options.IsBuiltIn
            ? [new ServiceForward(UpOptions.Namespace, UpOptions.ServiceA, UpSettings.DefaultPort, options.Port)]
            : [],
        Nodes = options.Nodes,
        ExternalAddresses = options.ExternalAddresses,
        EnforceRbac = options.Rbac,
        Images = options.Images.Select(static image => KeyValuePair.Create(image.Name, new ImageProgram(image.Program)))
            .Append(KeyValuePair.Create("berth", SelfImage.Find()))
                .DistinctBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
        TimeProvider = host.Time,
        Random = host.Random,
        LoggerFactory = loggers,
    };

    private static IUpView ViewFor(ProgramHost host) =>
        host.OutIsTerminal
            ? new LiveView(host.Out, host.UseColour, static () => (Console.WindowWidth, Console.WindowHeight))
            : new PlainView(host.Out);
}
