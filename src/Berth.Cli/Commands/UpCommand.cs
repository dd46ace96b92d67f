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
            "Runs a local cluster: pods of service B as processes of this machine, and service A on http://127.0.0.1:8000. Ctrl-C ends " +
            "it all.",
            "berth up",
            "berth up --replicas 5 --base-port 4000 --port 8080",
            "berth up --nodes 3 --rbac true",
            "berth up -f my-manifests/ --image nginx=/usr/sbin/nginx --kubeconfig-out ./kubeconfig")
            .Runs(host, UpSettings.All, reader => RunAsync(reader, host));

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host)
    {
        UpPlan plan = UpPlan.Read(reader);
        reader.ThrowIfFaulty();
        if (plan.FindTakenPorts() is { } taken)
            throw CommandException.Usage(taken);
        long started = host.Time.GetTimestamp();
        using StopSignal stop = new();
        using ILoggerFactory? loggers = host.Variable(FailureReport.DebugVariable) is "1"
            ? ProgramLogging.Create(json: false, LogLevel.Debug, host)
            : null;
        LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            OptionsFor(plan, host, loggers), stop.Token).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            if (!plan.IsBuiltIn)
                ManifestFiles.Apply(cluster, plan, host.Error);
            using KubeconfigCopy copy = KubeconfigCopy.Write(plan.KubeconfigOut, cluster.Kubeconfig);
            using (IUpView view = ViewFor(host))
            {
                UpSession session = new(cluster, plan, view, plan.KubeconfigOut ?? cluster.KubeconfigPath, host, started);
                await session.RunAsync(stop.Token).ConfigureAwait(false);
            }

            host.Out.WriteLine("Stopping ...");
        }

        host.Out.WriteLine("Stopped: no process and no file is left.");
        return ExitCode.Ok;
    }

    private static LocalClusterOptions OptionsFor(UpPlan plan, ProgramHost host, ILoggerFactory? loggers) => new()
    {
        Manifests = plan.IsBuiltIn ? BuiltInManifests.Read(plan) : [],
        Forwards = plan.IsBuiltIn ? [new ServiceForward(UpPlan.Namespace, UpPlan.ServiceA, UpSettings.DefaultPort, plan.Port)] : [],
        Nodes = plan.Nodes,
        ExternalAddresses = plan.ExternalAddresses,
        EnforceRbac = plan.Rbac,
        Images = plan.Images.Select(static image => KeyValuePair.Create(image.Name, new ImageProgram(image.Program)))
            .Prepend(KeyValuePair.Create("berth", SelfImage.Find()))
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
