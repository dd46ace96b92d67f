using System.Net;
using Berth.Cli.Call;
using Berth.Cli.Hosting;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>Shows a running cluster until the user stops it.</summary>
internal sealed class UpSession(
    LocalCluster.LocalCluster cluster, UpOptions options, IUpView view, string kubeconfig, ProgramHost host, long started)
{
    /// <summary>
    /// The shortest time between two updates of the screen. Several changes often come together, and a person does not read faster.
    /// </summary>
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(50);

    /// <summary>The time between two checks while the user waits for the cluster to become ready.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(10);

    /// <summary>The time between two requests for the seats.</summary>
    private static readonly TimeSpan s_seatInterval = TimeSpan.FromSeconds(1);

    /// <summary>The time between two checks of objects that do not match their manifests.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly Lock _showing = new();
    private readonly TroubleReport _troubles = new(kubeconfig);
    private IReadOnlyList<PodSummary> _pods = [];
    private Dictionary<string, string> _seats = new(StringComparer.Ordinal);

    /// <summary>Runs until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task troubles = FollowTroublesAsync(ending.Token);
        Task seats = options is { Seats: not null, IsBuiltIn: true } ? FollowSeatsAsync(ending.Token) : Task.CompletedTask;
        try
        {
            await FollowPodsAsync(stopping).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(troubles, seats).ConfigureAwait(false);
        }
    }

    private async Task FollowPodsAsync(CancellationToken stopping)
    {
        try
        {
            if (!options.IsBuiltIn)
                view.ShowMessage([.. ReadyMessage.Answers(kubeconfig), .. ReadyMessage.NotEnforced(cluster.NotEnforced)]);
            bool told = false;
            await foreach (IReadOnlyList<PodSummary> pods in cluster.WatchPodsAsync(stopping).ConfigureAwait(false))
            {
                Show(() => _pods = pods);
                if (!told && IsReady(pods))
                {
                    told = true;
                    IReadOnlyList<string> message = await DescribeAsync(stopping).ConfigureAwait(false);
                    lock (_showing)
                        view.ShowMessage(message);
                }

                await Task.Delay(told ? s_redraw : s_soon, host.Time, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The user ended it.
        }
    }

    /// <summary>Reports the reasons and remedies for objects that do not match their manifests.</summary>
    private async Task FollowTroublesAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(s_look, host.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            IReadOnlyList<string> lines = _troubles.Look(cluster.Troubles);
            lock (_showing)
                view.ShowTroubles(lines);
        }
    }

    /// <summary>Asks service A for the seats once a second. While it does not answer, the last ones stay.</summary>
    private async Task FollowSeatsAsync(CancellationToken stopping)
    {
        Uri page = new(options.ServiceAUrl, $"/v1/seats/{UpOptions.Namespace}/{UpOptions.ServiceB}");
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Dictionary<string, string> seats = await SeatPageClient.ReadUsedAsync(page, host.Time, stopping).ConfigureAwait(false);
                if (seats.Count != _seats.Count || seats.Any(pod => _seats.GetValueOrDefault(pod.Key) != pod.Value))
                    Show(() => _seats = seats);
            }
            catch (Exception exception) when (
                exception is CommandException or OperationCanceledException or InvalidOperationException or KeyNotFoundException)
            {
                // Service A does not answer yet, or the user ended it.
            }

            await Task.Delay(s_seatInterval, host.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Show(Action change)
    {
        lock (_showing)
        {
            change();
            view.ShowPods(PodRow.FromAll(_pods, options, _seats));
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
                if (await serviceA.AskAsync(stopping).ConfigureAwait(false) is { } pod)
                    return pod.Address;
            }
            catch (CommandException exception) when (exception.ExitCode is ExitCode.NothingFound or ExitCode.Unreachable)
            {
                // Service A does not answer yet.
            }

            await Task.Delay(s_soon, host.Time, stopping).ConfigureAwait(false);
        }
    }
}
