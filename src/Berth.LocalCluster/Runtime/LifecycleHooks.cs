using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Runs the commands right after a container's start, and before it is asked to end
/// (https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/). A runtime without processes runs no hooks.
/// </summary>
internal sealed class LifecycleHooks(JsonObject pod, ContainerCommands commands, KubeletContext context)
{
    /// <summary>Runs postStart. False when it failed; the container must then end.</summary>
    public async Task<bool> AfterStartAsync(IContainerInstance run, ContainerLaunch launch, CancellationToken stopping)
    {
        bool? good = await RunAsync("postStart", run, launch, TimeSpan.MaxValue, stopping).ConfigureAwait(false);
        if (good == false)
            context.Events.Record(pod, "Warning", "FailedPostStartHook", "PostStartHook failed");
        return good != false;
    }

    /// <summary>Runs preStop, within the grace period.</summary>
    public async Task BeforeStopAsync(IContainerInstance run, ContainerLaunch launch, TimeSpan grace, CancellationToken killing)
    {
        if (await RunAsync("preStop", run, launch, grace, killing).ConfigureAwait(false) == false)
            context.Events.Record(pod, "Warning", "FailedPreStopHook", "PreStopHook failed");
    }

    /// <summary>True when the hook succeeded. Null without a hook, or when its time or the container ended first.</summary>
    private async Task<bool?> RunAsync(
        string name, IContainerInstance run, ContainerLaunch launch, TimeSpan most, CancellationToken ending)
    {
        if (context.Images is null || commands.Handler("lifecycle", name) is not { } hook)
            return null;
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(ending);
        Task<bool> running = HandleAsync(hook, launch, over.Token);
        await context.Time.UntilAsync(Task.WhenAny(running, run.Exited), most, ending).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return running.IsCompletedSuccessfully ? await running.ConfigureAwait(false) : null;
    }

    private async Task<bool> HandleAsync(JsonObject hook, ContainerLaunch launch, CancellationToken over)
    {
        if (hook["sleep"] is JsonObject sleep)
        {
            await context.Time.DelayAsync(LongWait.Seconds(sleep.Number("seconds") ?? 0), over).ConfigureAwait(false);
            return true;
        }

        try
        {
            return await context.Runtime.ProbeAsync(hook, launch, over).ConfigureAwait(false);
        }
        catch (LocalClusterException)
        {
            return false;
        }
    }
}
