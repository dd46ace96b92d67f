namespace Berth.LocalCluster.Runtime;

/// <summary>
/// One probe, over and over. Its period is the manifest's; only before the first success it is tried more often, so that a pod whose port opens a
/// moment after its start need not wait a whole period to be ready.
/// </summary>
internal sealed class ProbeLoop(JsonObject probe, ContainerLaunch launch, KubeletContext context)
{
    private static readonly TimeSpan s_eager = TimeSpan.FromMilliseconds(25);

    /// <summary>A command is a process each time, a connection costs next to nothing: so the one is soon tried less often, the other later.</summary>
    private readonly double _patience = probe.ContainsKey("exec") ? 1.5 : 1.05;
    private readonly TimeSpan _period = Seconds(probe, "periodSeconds", 10);
    private readonly long _failures = probe.Number("failureThreshold") ?? 3;
    private readonly long _successes = probe.Number("successThreshold") ?? 1;

    /// <summary>Tells each change between good and bad, beginning at bad.</summary>
    public async Task FollowAsync(Action<bool> tell, CancellationToken ending)
    {
        bool good = false;
        bool everGood = false;
        long streak = 0;
        TimeSpan eager = s_eager;
        await DelayAsync(Seconds(probe, "initialDelaySeconds", 0), ending).ConfigureAwait(false);
        while (true)
        {
            bool now = await OnceAsync(ending).ConfigureAwait(false);
            streak = now == good ? 0 : streak + 1;
            if (streak >= (good ? _failures : _successes))
            {
                good = now;
                everGood |= good;
                streak = 0;
                tell(good);
            }

            await DelayAsync(everGood || eager > _period ? _period : eager, ending).ConfigureAwait(false);
            eager *= _patience;
        }
    }

    /// <summary>Returns when the probe has failed often enough in a row.</summary>
    public async Task UntilLostAsync(CancellationToken ending)
    {
        long lost = 0;
        await DelayAsync(Seconds(probe, "initialDelaySeconds", 0), ending).ConfigureAwait(false);
        while (lost < _failures)
        {
            await DelayAsync(_period, ending).ConfigureAwait(false);
            lost = await OnceAsync(ending).ConfigureAwait(false) ? 0 : lost + 1;
        }
    }

    /// <summary>True at the first success; false when the failures allowed are used up, counted by the manifest's period.</summary>
    public async Task<bool> UntilFirstAsync(CancellationToken ending)
    {
        await DelayAsync(Seconds(probe, "initialDelaySeconds", 0), ending).ConfigureAwait(false);
        DateTimeOffset limit = context.Time.GetUtcNow() + (_period * _failures);
        TimeSpan eager = s_eager;
        while (!await OnceAsync(ending).ConfigureAwait(false))
        {
            if (context.Time.GetUtcNow() >= limit)
                return false;
            await DelayAsync(eager > _period ? _period : eager, ending).ConfigureAwait(false);
            eager *= _patience;
        }

        return true;
    }

    private static TimeSpan Seconds(JsonObject probe, string field, long otherwise) => TimeSpan.FromSeconds(probe.Number(field) ?? otherwise);

    private Task DelayAsync(TimeSpan delay, CancellationToken ending) => delay > TimeSpan.Zero ? Task.Delay(delay, context.Time, ending) : Task.CompletedTask;

    private async Task<bool> OnceAsync(CancellationToken ending)
    {
        using var timeout = new CancellationTokenSource(Seconds(probe, "timeoutSeconds", 1), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ending);
        try
        {
            return await context.Runtime.ProbeAsync(probe, launch, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return false;
        }
        catch (LocalClusterException)
        {
            return false;
        }
    }
}
