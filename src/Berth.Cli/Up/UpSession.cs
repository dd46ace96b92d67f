using System.Net;
using Berth.Cli.Call;
using Berth.Cli.Hosting;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>Shows a running cluster until it is to end.</summary>
internal sealed class UpSession(
    LocalCluster.LocalCluster cluster, UpPlan plan, IUpView view, string kubeconfig, ProgramHost host, long started)
{
    /// <summary>Changes come in bursts; no one reads faster than this.</summary>
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(50);

    /// <summary>Until all is ready, the user waits for it.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs until the token is cancelled, which is the normal end.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            bool told = false;
            await foreach (IReadOnlyList<PodSummary> pods in cluster.WatchPodsAsync(stopping).ConfigureAwait(false))
            {
                view.ShowPods(PodRow.FromAll(pods, plan));
                if (!told && IsReady(pods))
                {
                    told = true;
                    view.ShowMessage(await DescribeAsync(stopping).ConfigureAwait(false));
                }

                await Task.Delay(told ? s_redraw : s_soon, host.Time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The user ended it.
        }
    }

    private bool IsReady(IReadOnlyList<PodSummary> pods)
    {
        // Controllers make pods after the manifests are applied: few ready pods are not yet all of them.
        int expected = plan.IsBuiltIn ? plan.Replicas + UpPlan.ReplicasOfServiceA : 1;
        return pods.Count >= expected && pods.All(static pod => pod.Ready && !pod.Terminating);
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(CancellationToken stopping)
    {
        if (!plan.IsBuiltIn)
            return [
                .. ReadyMessage.ForManifests(
                    host.Time.GetElapsedTime(started), kubeconfig), .. ReadyMessage.NotEnforced(cluster.NotEnforced)
            ];
        IPEndPoint? address = plan.Replicas == 0 ? null : await AskAsync(stopping).ConfigureAwait(false);
        TimeSpan after = host.Time.GetElapsedTime(started);
        string command = ReadyMessage.CommandOf(host.Variable);
        return [.. ReadyMessage.ForBuiltIn(after, plan, address, kubeconfig, command), .. ReadyMessage.NotEnforced(cluster.NotEnforced)];
    }

    /// <summary>The answer that a user would get: service A learns a moment later that pods are ready.</summary>
    private async Task<IPEndPoint?> AskAsync(CancellationToken stopping)
    {
        using ServiceAClient serviceA = new(plan.ServiceAUrl);
        while (true)
        {
            try
            {
                if (await serviceA.AskAsync(stopping).ConfigureAwait(false) is { } address)
                    return address;
            }
            catch (CommandException exception) when (exception.ExitCode is ExitCode.NothingFound or ExitCode.Unreachable)
            {
                // Not yet.
            }

            await Task.Delay(s_soon, host.Time, stopping).ConfigureAwait(false);
        }
    }
}
