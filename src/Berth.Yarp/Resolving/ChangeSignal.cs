using Berth.Yarp.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Berth.Yarp.Resolving;

/// <summary>
/// Tells the proxy that pods have changed: the first change at once, and those that follow within an interval together at its end. One
/// token serves all clusters, because the proxy resolves all of them whenever one changes.
/// </summary>
internal sealed class ChangeSignal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private CancellationTokenSource _next = new();
    private long? _toldAt;
    private bool _isPending;
    private bool _isDisposed;

    public ChangeSignal(TimeSpan interval, TimeProvider time, ILogger logger)
    {
        _interval = interval;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(
            static signal => ((ChangeSignal)signal!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Fires once, after the next change. Take it before the pods are read: then no change falls between the two.
    /// </summary>
    public IChangeToken Token => new CancellationChangeToken(Volatile.Read(ref _next).Token);

    /// <summary>Says that something has changed. It may call the proxy on this thread.</summary>
    public void Change()
    {
        lock (_lock)
        {
            if (_isPending || _isDisposed)
                return;
            TimeSpan wait = _toldAt is { } at ? _interval - _time.GetElapsedTime(at) : TimeSpan.Zero;
            if (wait > TimeSpan.Zero)
            {
                // A clock that throws must not leave a report pending that never comes.
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
                _isPending = true;
                return;
            }

            _isPending = true;
        }

        Tell();
    }

    public void Dispose()
    {
        lock (_lock)
            _isDisposed = true;
        _timer.Dispose();
    }

    private void Tell()
    {
        CancellationTokenSource told;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isPending = false;
            _toldAt = _time.GetTimestamp();
            told = _next;
            Volatile.Write(ref _next, new CancellationTokenSource());
        }

        try
        {
            // Not disposed afterwards: the proxy may still register with its token. It holds no timer.
            told.Cancel();
        }
        catch (Exception exception)
        {
            Log.ReloadFailed(_logger, exception);
        }
    }
}
