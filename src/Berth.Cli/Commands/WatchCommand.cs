using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Kubernetes;

namespace Berth.Cli.Commands;

/// <summary><c>berth watch NAMESPACE/SERVICE</c>: a line for each change.</summary>
internal static class WatchCommand
{
    public static Command Create(ProgramHost host)
    {
        Argument<string?> target = ServiceTargetArgument.Create();
        ExampleCommand command = new(
            "watch",
            "Shows a line for each change of a Service's pods: joined, left, replaced, ready, not-ready, draining, updated. " +
            "Ctrl-C ends it.",
            "berth watch k8s-example2/service-b",
            "berth watch k8s-example2/service-b -o json     # one object a line")
        {
            target,
        };
        return command.Runs(
            host,
            [
                .. PortSettings.OfTarget, ServiceTargetArgument.Namespace, .. SourceSettings.All, .. ClusterSettings.All,
                ManyClusterSettings.Cluster, ClusterSettings.Timeout, CommonSettings.Output,
            ],
            reader => RunAsync(reader, host, target));
    }

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host, Argument<string?> argument)
    {
        ServiceTarget target = ServiceTargetArgument.Read(reader, host, argument);
        PortScheme ports = PortSettings.Read(reader, ofPod: false);
        SourceChoice choice = SourceSettings.Read(reader, [target]);
        choice = choice with { Clusters = ManyClusterSettings.Read(reader, choice.Kind) };
        TimeSpan timeout = reader.Get(ClusterSettings.Timeout);
        OutputFormat format = reader.Get(CommonSettings.Output);
        foreach (string fault in choice.FindFaults(host))
            reader.Fault(fault);
        reader.ThrowIfFaulty();
        // Before signals are taken over: a kubeconfig may be a pipe without content as yet.
        (EndpointDirectory directory, ClusterAccess? access) = choice.Open(host);
        using StopSignal stop = new();
        await using (directory.ConfigureAwait(false))
        {
            EndpointView view = directory.Follow(target, ports);

            // If the cluster was never reached, the user must correct something. If it disappears later, the command waits for it.
            await FirstSnapshot.WaitAsync(view, access, timeout, host.Time, stop.Token).ConfigureAwait(false);
            await ShowAsync(view, format, host, stop.Token).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static async Task ShowAsync(EndpointView view, OutputFormat format, ProgramHost host, CancellationToken stopping)
    {
        EndpointSnapshot? before = null;
        try
        {
            await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                foreach (PodChange change in snapshot.CompareWith(before))
                    host.Out.WriteLine(ChangeOutput.ToLine(change, snapshot.Version, host.Time.GetLocalNow(), format));
                host.Out.Flush();
                if (snapshot.IsStale && before is not { IsStale: true })
                    host.Error.WriteLine($"berth: No newer list arrives, so the last one stays: {snapshot.StaleReason}");
                else if (!snapshot.IsStale && before is { IsStale: true })
                    host.Error.WriteLine("berth: The list is live again.");
                before = snapshot;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl-C is the normal end.
        }
    }
}
