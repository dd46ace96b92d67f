using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Berth.Diagnostics;
using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Metrics;

/// <summary>
/// The durations of answered requests by method, route, status and scheme: <c>http.server.request.duration</c> of OpenTelemetry's
/// conventions. Adding one is two increments; tags are made only when the metrics are read. Listeners of the meter get each duration too.
/// </summary>
internal sealed class RequestDurations
{
    private const string Help = "Duration of HTTP server requests.";

    // The bounds of the conventions, and three below them, because most answers come from memory.
    private static readonly double[] s_bounds =
        [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private static readonly int[] s_codes = [200, 201, 204, 304, 307, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503];

    private static readonly string[] s_methods =
        ["GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS", "PATCH", "CONNECT", "TRACE", "QUERY", "_OTHER"];

    private readonly DurationCells?[] _cells = new DurationCells?[((int)Route.Other + 1) * s_codes.Length * s_methods.Length * 2];
    private readonly TimeProvider _time;
    private readonly long[] _limits;

    public RequestDurations(Meter meter, TimeProvider time)
    {
        _time = time;
        _limits = [.. s_bounds.Select(bound => (long)(bound * time.TimestampFrequency))];
        Instrument = meter.CreateHistogram(
            "http.server.request.duration", "s", Help, tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = s_bounds });
    }

    /// <summary>The instrument for other listeners. Service A's own <c>/metrics</c> reads the cells instead.</summary>
    public Histogram<double> Instrument { get; }

    /// <summary>The time at which a request begins.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>Adds a request that has ended.</summary>
    /// <param name="route">Its route.</param>
    /// <param name="method">Its method.</param>
    /// <param name="scheme">Its scheme.</param>
    /// <param name="code">The status of the answer.</param>
    /// <param name="started">The time at which it began, from <see cref="Now"/>.</param>
    public void Add(Route route, string method, string scheme, int code, long started)
    {
        long ticks = Math.Max(0, _time.GetTimestamp() - started);
        int bucket = 0;
        while (bucket < _limits.Length && ticks > _limits[bucket])
            bucket++;
        int series = SeriesOf(route, method, scheme, code);
        ref DurationCells? cells = ref _cells[series];
        (Volatile.Read(ref cells) ?? Create(ref cells)).Add(bucket, ticks);
        if (Instrument.Enabled)
            Instrument.Record((double)ticks / _time.TimestampFrequency, TagsOf(series));
    }

    /// <summary>Writes the histogram as Prometheus text.</summary>
    public void WriteTo(StringBuilder text)
    {
        const string Name = "http_server_request_duration_seconds";
        text.Append("# HELP ").Append(Name).Append(' ').Append(Help).Append("\n# TYPE ").Append(Name).Append(" histogram\n");
        Span<long> counts = stackalloc long[_limits.Length + 1];
        for (int series = 0; series < _cells.Length; series++)
        {
            if (Volatile.Read(ref _cells[series]) is not { } cells)
                continue;
            long sum = cells.Read(counts);
            // The first request of a series makes its cells, and is counted a moment later.
            if (!counts.ContainsAnyExcept(0))
                continue;
            string labels = PrometheusName.Labels(TagsOf(series));
            long total = 0;
            for (int bucket = 0; bucket < counts.Length; bucket++)
            {
                total += counts[bucket];
                string bound = bucket < s_bounds.Length ? PrometheusName.Value(s_bounds[bucket]) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{Name}_bucket{labels[..^1]},le=\"{bound}\"}} {total}\n");
            }

            string seconds = PrometheusName.Value((double)sum / _time.TimestampFrequency);
            text.Append(CultureInfo.InvariantCulture, $"{Name}_sum{labels} {seconds}\n{Name}_count{labels} {total}\n");
        }
    }

    private static int SeriesOf(Route route, string method, string scheme, int code)
    {
        int atCode = Array.IndexOf(s_codes, code);
        int atMethod = method == s_methods[0] ? 0 : Array.IndexOf(s_methods, method);
        int both = ((int)route * s_codes.Length) + (atCode < 0 ? Array.IndexOf(s_codes, 500) : atCode);
        return (((both * s_methods.Length) + (atMethod < 0 ? s_methods.Length - 1 : atMethod)) * 2) + (scheme == "https" ? 1 : 0);
    }

    private static KeyValuePair<string, object?>[] TagsOf(int series)
    {
        int both = series / 2 / s_methods.Length;
        int code = s_codes[both % s_codes.Length];
        List<KeyValuePair<string, object?>> tags =
        [
            new("http.request.method", s_methods[series / 2 % s_methods.Length]),
            new(TelemetryNames.StatusCode, code),
            new("url.scheme", series % 2 == 1 ? "https" : "http"),
        ];
        if (RouteTemplates.Of((Route)(both / s_codes.Length)) is { } route)
            tags.Insert(1, new("http.route", route));
        if (code >= 500)
            tags.Add(new(TelemetryNames.ErrorType, code.ToString(CultureInfo.InvariantCulture)));
        return [.. tags];
    }

    private static DurationCells Create(ref DurationCells? cells)
    {
        DurationCells created = new(s_bounds.Length + 1);
        return Interlocked.CompareExchange(ref cells, created, null) ?? created;
    }
}
