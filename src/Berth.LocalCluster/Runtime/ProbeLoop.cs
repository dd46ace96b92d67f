using System.Runtime.CompilerServices;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Repeats one probe with the period of the manifest. Before the first success it is more frequent, so that a pod whose port opens soon
/// after its start becomes ready without waiting a whole period.
/// </summary>
/// <param name="probe">The probe.</param>
/// <param name="launch">Its container.</param>
/// <param name="context">The services that every pod's worker needs.</param>
/// <param name="failed">Called when the probe cannot be made, and not again until it can.</param>
internal sealed class ProbeLoop(JsonObject probe, ContainerLaunch launch, KubeletContext context, Action<Exception> failed)
{
    private static readonly TimeSpan s_eager = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// The time before the first command of a readiness probe. A program that has just been started does not listen yet, and a command at
    /// once would only take processor time from it.
    /// </summary>
    private static readonly TimeSpan s_beforeCommand = TimeSpan.FromMilliseconds(80);

    /// <summary>
    /// Each command is a new process, and a connection costs almost nothing. Commands therefore slow down sooner than connections.
    /// </summary>
    private readonly double _patience = probe.ContainsKey("exec") ? 1.5 : 1.05;
    private readonly TimeSpan _period = Seconds(probe, "periodSeconds", 10);
    private readonly long _failures = probe.Number("failureThreshold") ?? 3;
    private readonly long _successes = probe.Number("successThreshold") ?? 1;
    private bool _isFailing;

    /// <summary>Reports each change between good and bad, starting at bad.</summary>
    public async Task FollowAsync(Action<bool> tell, CancellationToken ending)
    {
        bool good = false;
        long streak = 0;
        if (probe.ContainsKey("exec") && context.Images is not null)
            await context.Time.DelayAsync(s_beforeCommand, ending).ConfigureAwait(false);
        await foreach (bool now in ResultsAsync(s_eager, ending).ConfigureAwait(false))
        {
            streak = now == good ? 0 : streak + 1;
            if (streak >= (good ? _failures : _successes))
            {
                good = now;
                streak = 0;
                tell(good);
            }
        }
    }

    /// <summary>Returns when the probe has failed often enough in a row.</summary>
    public async Task UntilLostAsync(CancellationToken ending)
    {
        long lost = 0;
        await context.Time.DelayAsync(_period, ending).ConfigureAwait(false);
        await foreach (bool good in ResultsAsync(_period, ending).ConfigureAwait(false))
        {
            lost = good ? 0 : lost + 1;
            if (lost >= _failures)
                return;
        }
    }

    /// <summary>True at the first success; false when the failures allowed are used up, counted by the manifest's period.</summary>
    public async Task<bool> UntilFirstAsync(CancellationToken ending)
    {
        DateTimeOffset limit = context.Time.GetUtcNow().After(Seconds(probe, "initialDelaySeconds", 0)).After(_period.Times(_failures));
        await foreach (bool good in ResultsAsync(s_eager, ending).ConfigureAwait(false))
        {
            if (good || context.Time.GetUtcNow() >= limit)
                return good;
        }

        return false;
    }

    /// <summary>
    /// Returns one result after the other: at first with growing pauses, and after a success with the period of the manifest. A probe that
    /// cannot be made has no result, as for a kubelet.
    /// </summary>
    private async IAsyncEnumerable<bool> ResultsAsync(TimeSpan pause, [EnumeratorCancellation] CancellationToken ending)
    {
        await context.Time.DelayAsync(Seconds(probe, "initialDelaySeconds", 0), ending).ConfigureAwait(false);
        while (true)
        {
            bool? result = await OnceAsync(ending).ConfigureAwait(false);
            if (result is { } good)
                yield return good;
            pause = result == true || pause > _period ? _period : pause;
            await context.Time.DelayAsync(pause, ending).ConfigureAwait(false);
            pause = pause < _period ? pause * _patience : _period;
        }
    }

    private static TimeSpan Seconds(JsonObject probe, string field, long otherwise) => LongWait.Seconds(probe.Number(field) ?? otherwise);

    private async Task<bool?> OnceAsync(CancellationToken ending)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ending);
        using IDisposable timeout = context.Time.Alarm(Seconds(probe, "timeoutSeconds", 1), either.Cancel);
        try
        {
            bool good = await context.Runtime.ProbeAsync(probe, launch, either.Token).ConfigureAwait(false);
            _isFailing = false;
            return good;
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return false;
        }
        catch (LocalClusterException)
        {
            return false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (!_isFailing)
                failed(exception);
            _isFailing = true;
            return null;
        }
    }
}
