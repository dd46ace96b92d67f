using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Berth.Faults;

/// <summary>The counters of the source.</summary>
internal sealed class RestartCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _causes = new();

    public RestartCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, Meter) && instrument.Name == "berth.watch.restarts")
                listener.EnableMeasurementEvents(instrument);
        };
        // Each cause is counted as zero at first, so that it shows in metrics before it happens.
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (value > 0)
                _causes.Enqueue((string)tags[0].Value!);
        });
        _listener.Start();
    }

    public Meter Meter { get; } = new("test");

    /// <summary>The causes of restarted watches, in order.</summary>
    public IReadOnlyList<string> Causes => [.. _causes];

    public void Dispose()
    {
        _listener.Dispose();
        Meter.Dispose();
    }
}
