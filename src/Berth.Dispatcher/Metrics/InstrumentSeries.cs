using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Berth.Dispatcher.Metrics;

/// <summary>The values of one instrument, by its labels.</summary>
internal sealed class InstrumentSeries(string name, Instrument instrument)
{
    private readonly Dictionary<string, (double Value, long Count)> _values = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly bool _isHistogram = PrometheusName.IsHistogram(instrument);
    private readonly bool _isSum = PrometheusName.IsPushedSum(instrument) || PrometheusName.IsHistogram(instrument);
    private readonly string _type =
        PrometheusName.IsCounter(instrument) ? "counter" : PrometheusName.IsHistogram(instrument) ? "summary" : "gauge";

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = PrometheusName.Labels(tags);
        lock (_lock)
        {
            (double before, long count) = _values.GetValueOrDefault(labels);
            _values[labels] = (_isSum ? before + value : value, count + 1);
        }
    }

    /// <summary>Removes the earlier observations: a series that is no longer observed must disappear.</summary>
    public void BeginReading()
    {
        if (!instrument.IsObservable)
            return;
        lock (_lock)
            _values.Clear();
    }

    public void WriteTo(StringBuilder text)
    {
        lock (_lock)
        {
            if (_values.Count == 0)
                return;
            text.Append("# HELP ").Append(name).Append(' ');
            PrometheusName.Escape(text, instrument.Description ?? "", quotes: false);
            text.Append("\n# TYPE ").Append(name).Append(' ').Append(_type).Append('\n');
            foreach ((string labels, (double value, long count)) in _values)
                WriteSeries(text, labels, value, count);
        }
    }

    /// <summary>Writes one series. A histogram is shown as a summary without quantiles: its count and its sum.</summary>
    private void WriteSeries(StringBuilder text, string labels, double value, long count)
    {
        text.Append(name).Append(_isHistogram ? "_sum" : "").Append(labels).Append(' ').Append(PrometheusName.Value(value)).Append('\n');
        if (_isHistogram)
            text.Append(name).Append("_count").Append(labels).Append(' ').Append(count.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
