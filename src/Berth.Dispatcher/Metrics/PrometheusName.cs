using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Berth.Dispatcher.Metrics;

/// <summary>Names, labels and values as Prometheus' text format wants them.</summary>
internal static class PrometheusName
{
    /// <summary>
    /// Dots become underscores; the unit and, for a counter, <c>_total</c> end the name (OpenTelemetry's compatibility rules for
    /// Prometheus).
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

    // Spelled out for the four types of numbers that the exporter listens to: no reflection.
    public static bool IsCounter(Instrument instrument) => IsPushedCounter(instrument)
        || instrument is ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> or ObservableCounter<float>;

    public static bool IsHistogram(Instrument instrument) =>
        instrument is Histogram<long> or Histogram<int> or Histogram<double> or Histogram<float>;

    /// <summary>True when measurements are differences to be added up.</summary>
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

    /// <summary>Backslash and line feed are escaped everywhere, quotes in label values only.</summary>
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
