using Berth.Backoff;
using Berth.Dispatcher.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.State;

/// <summary>Logs the clashes of ports over all targets: each once when it appears, and once when none is left.</summary>
internal sealed class ClashLog : IAsyncDisposable
{
    /// <summary>The time between two searches. Clashes change only with deployments.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // If two plans overlap, every pod clashes. The first few clashes are enough for the log.
    private const int MaxLogged = 10;

    private readonly Func<IReadOnlyList<PortClash>> _find;
    private readonly ILogger _logger;
    private readonly PeriodicLoop _loop;
    private IReadOnlyList<PortClash> _seen = [];
    private HashSet<string> _logged = new(StringComparer.Ordinal);

    public ClashLog(Func<IReadOnlyList<PortClash>> find, TimeProvider time, ILogger logger)
    {
        _find = find;
        _logger = logger;
        _loop = new PeriodicLoop(
            Period, time, Search, exception => Log.ClashSearchFailed(logger, exception, Period.TotalSeconds));
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private void Search()
    {
        IReadOnlyList<PortClash> now = _find();
        if (!ReferenceEquals(now, _seen))
            Tell(now);
        _seen = now;
    }

    private void Tell(IReadOnlyList<PortClash> clashes)
    {
        HashSet<string> now = [.. clashes.Select(static clash => clash.ToString())];
        string[] added = [.. now.Where(text => !_logged.Contains(text)).Order(StringComparer.Ordinal)];
        foreach (string clash in added.Take(MaxLogged))
            Log.Clash(_logger, clash);
        if (added.Length > MaxLogged)
            Log.MoreClashes(_logger, added.Length - MaxLogged);
        if (now.Count == 0 && _logged.Count > 0)
            Log.NoClash(_logger);
        _logged = now;
    }
}
