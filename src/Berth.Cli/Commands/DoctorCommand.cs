using System.CommandLine;
using Berth.Cli.Doctor;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Kubernetes;

namespace Berth.Cli.Commands;

/// <summary>
/// <c>berth doctor NAMESPACE/SERVICE</c>: checks what works between this machine and the pods, with one line for each check.
/// </summary>
internal static class DoctorCommand
{
    public static Command Create(ProgramHost host)
    {
        Argument<string?> target = ServiceTargetArgument.Create();
        ExampleCommand command = new(
            "doctor",
            "Checks the account and its rights, slices, pods, addresses, clocks, versions, dispatchers and DNS, from here. It changes "
                + "nothing. Exits with 1 when a check fails, and with 3 when the cluster cannot be reached.",
            "berth doctor k8s-example2/service-b",
            "berth doctor service-b                      # in a pod: its own namespace",
            "berth doctor games/lobby --base-port 4000 --url http://service-a.games",
            "berth doctor games/lobby --base-port 4000 --echo true --dns-server 10.96.0.10 -o json")
        {
            target,
        };
        return command.Runs(
            host,
            [
                .. PortSettings.OfTarget, ServiceTargetArgument.Namespace, .. DoctorSettings.All, .. ClusterSettings.All,
                DoctorSettings.Timeout, CommonSettings.TableOutput,
            ],
            reader => RunAsync(reader, host, target));
    }

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host, Argument<string?> argument)
    {
        ServiceTarget target = ServiceTargetArgument.Read(reader, host, argument);
        PortScheme ports = PortSettings.Read(reader, ofPod: false);
        ClusterChoice cluster = ClusterSettings.Read(reader);
        TimeSpan timeout = reader.Get(DoctorSettings.Timeout);
        bool echo = reader.Get(DoctorSettings.Echo);
        DispatcherChoice dispatchers = DoctorSettings.ReadDispatchers(reader);
        OutputFormat format = reader.Get(CommonSettings.TableOutput);
        SourceChoice? dns = ReadDns(reader, host, cluster);
        reader.ThrowIfFaulty();
        using StopSignal stop = new();
        DoctorTask task = new(target, ports, cluster, timeout, host);
        List<CheckResult> results = [];
        bool isReached = await CheckClusterAsync(task, results, dispatchers, echo, dns, stop.Token).ConfigureAwait(false);
        DoctorReport.Write(target, VersionCommand.Version, results, format, host);
        return !isReached ? ExitCode.Unreachable
            : results.Any(static result => result.State == CheckState.Failed) ? ExitCode.NothingFound
            : ExitCode.Ok;
    }

    /// <summary>Runs all checks.</summary>
    /// <returns>True when the API server answered.</returns>
    private static async Task<bool> CheckClusterAsync(
        DoctorTask task, List<CheckResult> results, DispatcherChoice dispatchers, bool echo, SourceChoice? dns,
        CancellationToken cancellationToken)
    {
        bool isReached = false;
        EndpointDirectory? directory = null;
        try
        {
            EndpointView? view = null;
            if (FindAccess(task, results) is { } access)
            {
                isReached = await CheckServerAsync(task, access, results, cancellationToken).ConfigureAwait(false);
                if (isReached)
                {
                    directory = task.Cluster.Open(access, task.Host);
                    view = directory.Follow(task.Target, task.Ports);
                    await CheckPodsAsync(task, view, access, results, echo, cancellationToken).ConfigureAwait(false);
                }
            }

            results.AddRange(await new DispatcherChecks(task, VersionCommand.Version)
                .RunAsync(dispatchers, () => view?.Current, cancellationToken).ConfigureAwait(false));
            results.Add(dns is null
                ? CheckResult.Skipped("dns", "DNS is not asked: this is no pod. Give the cluster's DNS server with --dns-server.")
                : await new DnsChecks(task).RunAsync(dns, view?.Current, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            if (directory is not null)
                await directory.DisposeAsync().ConfigureAwait(false);
        }

        return isReached;
    }

    private static ClusterAccess? FindAccess(DoctorTask task, List<CheckResult> results)
    {
        try
        {
            ClusterAccess access = task.Cluster.Find(task.Host);
            results.Add(CheckResult.Ok("access", $"{access}."));
            return access;
        }
        catch (ClusterAccessException exception)
        {
            results.Add(CheckResult.Failed("access", exception.Message, "Correct the kubeconfig, or name one with --kubeconfig."));
            return null;
        }
    }

    private static async Task<bool> CheckServerAsync(
        DoctorTask task, ClusterAccess access, List<CheckResult> results, CancellationToken cancellationToken)
    {
        using ApiQuestions api = new(task, access);
        ServerChecks server = new(task, api, VersionCommand.Version);
        results.AddRange(await server.RunAsync(cancellationToken).ConfigureAwait(false));
        if (server.IsSilent)
            return false;
        results.AddRange(await new IdentityChecks(task, api).RunAsync(cancellationToken).ConfigureAwait(false));
        results.AddRange(await new SliceChecks(task, api).RunAsync(cancellationToken).ConfigureAwait(false));
        results.Add(await new RoleChecks(task, api).RunAsync(cancellationToken).ConfigureAwait(false));
        return true;
    }

    private static async Task CheckPodsAsync(
        DoctorTask task, EndpointView view, ClusterAccess access, List<CheckResult> results, bool echo,
        CancellationToken cancellationToken)
    {
        try
        {
            EndpointSnapshot snapshot = await FirstSnapshot.WaitAsync(
                view, access, task.Timeout, task.Host.Time, cancellationToken).ConfigureAwait(false);
            results.AddRange(PodChecks.Run(snapshot));
            results.AddRange(await new ConnectChecks(task).RunAsync(snapshot, echo, cancellationToken).ConfigureAwait(false));
        }
        catch (CommandException exception)
        {
            results.Add(CheckResult.Failed("pods", exception.Message, "The checks above say why."));
        }
    }

    /// <summary>DNS is asked only where the cluster's DNS can be reached: inside a pod, or at a named server.</summary>
    private static SourceChoice? ReadDns(SettingsReader reader, ProgramHost host, ClusterChoice cluster)
    {
        bool isPod = host.Variable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };
        if (!isPod && reader.OriginOf(DoctorSettings.DnsServers) == SettingOrigin.Nowhere)
            return null;
        SourceChoice choice = new(
            SourceKind.Dns, cluster, reader.Get(DoctorSettings.DnsServers), reader.Get(DoctorSettings.ClusterDomain), [], null,
            new Dictionary<ServiceTarget, KeyValuePair<string, string>[]>());
        foreach (string fault in choice.FindFaults(host))
            reader.Fault(fault);
        return choice;
    }
}
