using System.Diagnostics.Metrics;
using System.Text;
using Berth.Dispatcher.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Metrics;

/// <summary>
/// Exports the instruments of one meter as Prometheus text, version 0.0.4. It listens to pushed instruments and keeps their sums. It reads
/// observable instruments on each export.
/// </summary>
internal sealed class MetricsExporter : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, InstrumentSeries> _instruments = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private readonly RequestDurations? _durations;

    public MetricsExporter(Meter meter, ILogger logger, RequestDurations? durations = null)
    {
        _logger = logger;
        _durations = durations;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && !ReferenceEquals(instrument, durations?.Instrument))
                listener.EnableMeasurementEvents(instrument, Add(instrument));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Returns all metrics with their current values.</summary>
    public ReadOnlyMemory<byte> Export()
    {
        StringBuilder text = new(4096);
        // One export at a time, because each reading replaces the values of observable instruments.
        lock (_lock)
        {
            foreach (InstrumentSeries series in _instruments.Values)
                series.BeginReading();
            Observe();
            foreach (InstrumentSeries series in _instruments.Values)
                series.WriteTo(text);
        }

        _durations?.WriteTo(text);
        ProcessMetrics.WriteTo(text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException exception)
        {
            // The listener has read all instruments. Those that failed have no values; the others do.
            Log.InstrumentFailed(_logger, exception);
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>
    /// Returns the series of an instrument. Instruments with one name share their series, because two directories on one meter must not
    /// write the name twice.
    /// </summary>
    private InstrumentSeries Add(Instrument instrument)
    {
        lock (_lock)
        {
            string name = PrometheusName.Of(instrument);
            if (!_instruments.TryGetValue(name, out InstrumentSeries? series))
                _instruments.Add(name, series = new InstrumentSeries(name, instrument));
            return series;
        }
    }
}
