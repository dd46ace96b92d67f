using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Api;

/// <summary>
/// Faults on demand for another process (berth local fault): <c>POST /berth/faults/NAME</c>, for the administrator only. A real API server
/// has no such route.
/// </summary>
internal sealed class FaultHandler(IClusterFaults faults, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    public const string Path = "/berth/faults/";
    private static readonly TimeSpan s_maxDuration = TimeSpan.FromHours(1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _lasting = Task.CompletedTask;

    /// <summary>Runs a fault. Returns the answer, and the action after the answer has been sent.</summary>
    public (JsonObject Answer, Action? Afterwards) Run(string name, Func<string, string?> query)
    {
        string Wanted(string parameter) =>
            query(parameter) ?? throw ApiException.BadRequest($"the fault {name} needs the parameter {parameter}");
        (string said, Action? now, Action? afterwards) = name switch
        {
            "kill-pod" => (
                $"The processes of pod {Wanted("pod")} are killed.",
                () => faults.KillPod(query("namespace") ?? "default", Wanted("pod")),
                null),
            "stop-node" => (
                $"Node {Wanted("node")} is gone, and the processes of its pods with it.",
                () => faults.StopNode(Wanted("node")),
                null),
            "start-node" => ($"Node {Wanted("node")} is back.", () => faults.StartNode(Wanted("node")), null),
            "drop-watches" => ("Every watch was ended.", faults.DropWatches, null),
            "compact" => ("The history is forgotten: a watch from an older version gets 410.", faults.Compact, null),
            "expire-tokens" => (
                "The tokens of service accounts are no longer good; new ones are in the pods' token files.",
                faults.ExpireTokens,
                null),
            "cut-api" => Lasting(
                name, "The API does not listen", query("seconds"), faults.CutApiAsync, () => faults.RestoreApiAsync()),
            "pause-api" => Lasting(
                name, "The API answers nothing", query("seconds"), () => Task.Run(faults.PauseApi), () => Task.Run(faults.ResumeApi)),
            _ => throw ApiException.BadRequest(
                $"there is no fault {name}; there are kill-pod, stop-node, start-node, cut-api, pause-api, drop-watches, compact "
                + "and expire-tokens"),
        };
        now?.Invoke();
        return (new JsonObject { ["message"] = said }, afterwards);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _lasting.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private (string Said, Action? Now, Action? Afterwards) Lasting(
        string name, string what, string? seconds, Func<Task> begin, Func<Task> end)
    {
        TimeSpan duration = double.TryParse(seconds ?? "10", CultureInfo.InvariantCulture, out double asked)
            && asked > 0
            && asked <= s_maxDuration.TotalSeconds
            ? TimeSpan.FromSeconds(asked)
            : throw ApiException.BadRequest($"seconds is {seconds}; it must be above 0 and at most {s_maxDuration.TotalSeconds:0}");
        return ($"{what} for {duration.TotalSeconds:0.###} s.", null, () => Last(name, duration, begin, end));
    }

    /// <summary>Faults run one after the other: a second cut starts when the first has ended.</summary>
    private void Last(string name, TimeSpan duration, Func<Task> begin, Func<Task> end)
    {
        lock (_stopping)
            _lasting = RunAsync(_lasting);

        async Task RunAsync(Task before)
        {
            // The fault must not run inside the request: the API can stop only after the request has been answered.
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (_stopping.IsCancellationRequested)
                return;
            if (await TryAsync("begin", begin).ConfigureAwait(false))
                await Task.Delay(duration, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // After a failed beginning too: the API may have stopped in part.
            await TryAsync("end", end).ConfigureAwait(false);
        }

        async Task<bool> TryAsync(string step, Func<Task> action)
        {
            try
            {
                await action().ConfigureAwait(false);
                return true;
            }
            catch (Exception exception)
            {
                // The answer has been sent, and the next fault waits for this one.
                Log.FaultFailed(logger, exception, name, step);
                return false;
            }
        }
    }
}
