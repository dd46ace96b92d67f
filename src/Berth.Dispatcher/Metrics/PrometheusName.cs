using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Berth.Dispatcher.Metrics;

/// <summary>Converts names, labels and values to Prometheus' text format.</summary>
internal static class PrometheusName
{
    /// <summary>
    /// Returns the Prometheus name of an instrument: dots become underscores; the unit, and <c>_total</c> for a counter, are appended
    /// (OpenTelemetry's compatibility rules for Prometheus).
    /// </summary>
    public static string Of(Instrument instrument)
    {
        string name = Clean(instrument.Name);
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" => IsCounter(instrument) ? "" : "_ratio",
            _ => "",
        };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        return IsCounter(instrument) && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    // Lists the four number types that the exporter listens to. This needs no reflection.
    public static bool IsCounter(Instrument instrument) => IsPushedCounter(instrument)
        || instrument is ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> or ObservableCounter<float>;

    public static bool IsHistogram(Instrument instrument) =>
        instrument is Histogram<long> or Histogram<int> or Histogram<double> or Histogram<float>;

    /// <summary>True when each measurement is a difference that must be added.</summary>
    public static bool IsPushedSum(Instrument instrument) => IsPushedCounter(instrument)
        || instrument is UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double> or UpDownCounter<float>;

    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        StringBuilder text = new("{");
        foreach ((string key, object? value) in tags)
        {
            if (text.Length > 1)
                text.Append(',');
            text.Append(Clean(key)).Append("=\"");
            Escape(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true);
            text.Append('"');
        }

        return text.Append('}').ToString();
    }

    /// <summary>Escapes backslash and line feed everywhere, and quotes only in label values.</summary>
    public static void Escape(StringBuilder text, string value, bool quotes)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }

    public static string Value(double value) => double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Clean(string name) => string.Create(name.Length, name, static (span, from) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = char.IsAsciiLetter(from[i]) || (i > 0 && char.IsAsciiDigit(from[i])) ? from[i] : '_';
    });

    private static bool IsPushedCounter(Instrument instrument) =>
        instrument is Counter<long> or Counter<int> or Counter<double> or Counter<float>;
}
