using System.Diagnostics.Metrics;
using Berth.Backoff;
using Berth.Dispatcher.Access;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Tls;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Server;

/// <summary>
/// Reads the files that options name, and applies changed ones. It compares contents, so it also sees the symlinks that Kubernetes swaps
/// when a Secret changes.
/// </summary>
internal sealed class ReloadLoop : IAsyncDisposable
{
    /// <summary>The time between two reads. Kubernetes itself takes up to a minute to update a Secret in a pod.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<(string Name, Func<bool?> Step)> _steps;
    private readonly Counter<long> _counter;
    private readonly ILogger _logger;
    private readonly PeriodicLoop _loop;

    /// <param name="steps">
    /// The name of each thing that is reloaded, and a step that returns null when nothing has changed, else whether it can be used.
    /// </param>
    /// <param name="meter">The meter of the counter.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The logger.</param>
    private ReloadLoop(IReadOnlyList<(string Name, Func<bool?> Step)> steps, Meter meter, TimeProvider time, ILogger logger)
    {
        _counter = meter.CreateCounter<long>("berth.reloads", "{reload}", "Changes of files that options name, by subject and result.");
        _logger = logger;
        _steps = steps;
        _loop = new PeriodicLoop(Period, time, RunSteps, exception => Log.ReloadFailed(logger, "counting", exception));
    }

    /// <summary>Starts the loop. Returns null when no option names a file that can change.</summary>
    public static ReloadLoop? TryStart(
        ServerTls? tls, RequestGate? gate, ChangeStep? change, Meter meter, TimeProvider time, ILogger logger)
    {
        List<(string Name, Func<bool?> Step)> steps = [];
        if (tls is not null)
            steps.Add(("tls", tls.Reload));
        if (gate?.Access is { } access)
            steps.Add(("tokens", access.Reload));
        if (change is not null)
            steps.Add(("configuration", change.Take));
        return steps.Count == 0 ? null : new ReloadLoop(steps, meter, time, logger);
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private void RunSteps()
    {
        foreach ((string name, Func<bool?> step) in _steps)
        {
            try
            {
                if (step() is { } isGood)
                    Count(name, isGood);
            }
            catch (Exception exception)
            {
                // A defect in one step must be logged, and must not keep the others from running.
                Log.ReloadFailed(_logger, name, exception);
                Count(name, isGood: false);
            }
        }
    }

    private void Count(string name, bool isGood) => _counter.Add(
        1, new KeyValuePair<string, object?>("berth.reload.subject", name),
        new KeyValuePair<string, object?>("berth.reload.result", isGood ? "ok" : "refused"));
}
