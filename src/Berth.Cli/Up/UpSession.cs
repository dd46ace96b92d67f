using System.Net;
using Berth.Cli.Call;
using Berth.Cli.Hosting;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>Shows a running cluster until the user stops it.</summary>
internal sealed class UpSession(
    LocalCluster.LocalCluster cluster, UpOptions options, IUpView view, string kubeconfig, ProgramHost host, long started)
{
    /// <summary>The shortest time between two drawings. Changes come in bursts, and a person does not read faster.</summary>
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(50);

    /// <summary>The time between two looks while the user waits for the cluster to become ready.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(10);

    /// <summary>The time between two looks at what is not as it is wanted.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly TroubleReport _troubles = new(kubeconfig);

    /// <summary>Runs until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            if (!options.IsBuiltIn)
                view.ShowMessage([.. ReadyMessage.Answers(kubeconfig), .. ReadyMessage.NotEnforced(cluster.NotEnforced)]);
            bool told = false;
            IAsyncEnumerator<IReadOnlyList<PodSummary>> pods = cluster.WatchPodsAsync(stopping).GetAsyncEnumerator(stopping);
            await using (pods.ConfigureAwait(false))
            {
                Task<bool> next = pods.MoveNextAsync().AsTask();
                while (true)
                {
                    Task look = Task.Delay(s_look, host.Time, stopping);
                    if (await Task.WhenAny(next, look).ConfigureAwait(false) == look)
                    {
                        await look.ConfigureAwait(false);
                        view.ShowTroubles(_troubles.Look(cluster.Troubles));
                        continue;
                    }

                    if (!await next.ConfigureAwait(false))
                        return;
                    view.ShowPods(PodRow.FromAll(pods.Current, options));
                    if (!told && IsReady(pods.Current))
                    {
                        told = true;
                        view.ShowTroubles([]);
                        view.ShowMessage(await DescribeAsync(stopping).ConfigureAwait(false));
                    }

                    await Task.Delay(told ? s_redraw : s_soon, host.Time, stopping).ConfigureAwait(false);
                    next = pods.MoveNextAsync().AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The user ended it.
        }
    }

    private bool IsReady(IReadOnlyList<PodSummary> pods)
    {
        // Controllers create pods after the manifests are applied, so a few ready pods may not be all pods.
        int expected = options.IsBuiltIn ? options.Replicas + UpOptions.ReplicasOfServiceA : 1;
        return pods.Count >= expected && pods.All(static pod => pod.Ready && !pod.Terminating);
    }

    private async Task<IReadOnlyList<string>> DescribeAsync(CancellationToken stopping)
    {
        if (!options.IsBuiltIn)
            return ReadyMessage.ForManifests(host.Time.GetElapsedTime(started), kubeconfig);
        IPEndPoint? address = options.Replicas == 0 ? null : await AskAsync(stopping).ConfigureAwait(false);
        TimeSpan after = host.Time.GetElapsedTime(started);
        string command = ReadyMessage.CommandOf(host.Variable);
        return [.. ReadyMessage.ForBuiltIn(after, options, address, kubeconfig, command), .. ReadyMessage.NotEnforced(cluster.NotEnforced)];
    }

    /// <summary>Asks service A as a user would. Service A learns a moment later that pods are ready.</summary>
    private async Task<IPEndPoint?> AskAsync(CancellationToken stopping)
    {
        using ServiceAClient serviceA = new(options.ServiceAUrl);
        while (true)
        {
            try
            {
                if (await serviceA.AskAsync(stopping).ConfigureAwait(false) is { } address)
                    return address;
            }
            catch (CommandException exception) when (exception.ExitCode is ExitCode.NothingFound or ExitCode.Unreachable)
            {
                // Service A does not answer yet.
            }

            await Task.Delay(s_soon, host.Time, stopping).ConfigureAwait(false);
        }
    }
}
