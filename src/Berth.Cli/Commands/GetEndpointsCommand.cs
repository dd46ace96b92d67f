using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Kubernetes;

namespace Berth.Cli.Commands;

/// <summary><c>berth get endpoints NAMESPACE/SERVICE</c>: the first of the two functions, for people and shells.</summary>
internal static class GetEndpointsCommand
{
    public static Command Create(ProgramHost host)
    {
        Argument<string?> target = ServiceTargetArgument.Create();
        ExampleCommand command = new(
            "endpoints",
            "Shows the pods of a Service with their addresses. Exits with 1 when no pod is available.",
            "berth get endpoints k8s-example2/service-b",
            "berth get endpoints k8s-example2/service-b --base-port 4000 --address external -o json",
            "berth get endpoints k8s-example2/service-b --port-name echo --context staging -o text",
            "berth get endpoints k8s-example2/service-b --cluster east=context:prod-east --cluster west=context:prod-west")
        {
            target,
        };
        return command.Runs(
            host,
            [
                .. PortSettings.OfTarget, ServiceTargetArgument.Namespace, .. SourceSettings.All, .. ClusterSettings.All,
                ManyClusterSettings.Cluster, ClusterSettings.Timeout, CommonSettings.TableOutput,
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
        OutputFormat format = reader.Get(CommonSettings.TableOutput);
        foreach (string fault in choice.FindFaults(host))
            reader.Fault(fault);
        reader.ThrowIfFaulty();
        // Before signals are taken over: a kubeconfig may be a pipe without content as yet.
        (EndpointDirectory directory, ClusterAccess? access) = choice.Open(host);
        using StopSignal stop = new();
        await using (directory.ConfigureAwait(false))
        {
            EndpointSnapshot snapshot = await FirstSnapshot.WaitAsync(
                directory.Follow(target, ports), access, timeout, host.Time, stop.Token)
                .ConfigureAwait(false);
            SnapshotOutput.Write(snapshot, format, host);
            if (snapshot.UnavailableReason is not { } reason)
                return ExitCode.Ok;
            host.Error.WriteLine($"berth: {reason}");
            return ExitCode.NothingFound;
        }
    }
}
