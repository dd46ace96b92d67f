using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Dispatcher.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Everything_that_happened_is_counted_and_the_text_parses()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        Counter<long> restarts = fixture.Meter.CreateCounter<long>("berth.watch.restarts", "{restart}", "Watches that began again.");
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1), DispatcherFixture.Pod(2, ready: false));
        fixture.Time.Advance(TimeSpan.FromSeconds(7));
        for (int i = 0; i < 3; i++)
            await fixture.Client.GetStringAsync("/", DispatcherFixture.Cancelled);
        await fixture.GetJsonAsync("/v1/endpoints/k8s-example2/service-b?key=a");
        await fixture.GetJsonAsync("/v1/endpoints/k8s-example2/service-b/0");
        await fixture.GetProblemAsync("/nothing", 404, "unknown-route");
        restarts.Add(1, new KeyValuePair<string, object?>("cause", "closed"));
        restarts.Add(1, new KeyValuePair<string, object?>("cause", "gone"));
        restarts.Add(1, new KeyValuePair<string, object?>("cause", "gone"));

        Dictionary<string, double> series = await ScrapeAsync(fixture);

        Assert.Equal(3, series[Answered("/", 200)]);
        Assert.Equal(1, series[Answered("/v1/endpoints/{namespace}/{service}", 200)]);
        Assert.Equal(1, series[Answered("/v1/endpoints/{namespace}/{service}/{pod}", 200)]);
        Assert.Equal(1, series[Answered(null, 404)]);
        Assert.Equal(4, series[OfTarget("berth_picks_total", "service-b")]);
        Assert.Equal(0, series[OfTarget("berth_picks_total", "service-c")]);
        Assert.Equal(2, series[OfTarget("berth_endpoints", "service-b", "ready")]);
        Assert.Equal(1, series[OfTarget("berth_endpoints", "service-b", "not-ready")]);
        Assert.Equal(7, series[OfTarget("berth_snapshot_age_seconds", "service-b")]);
        Assert.False(series.ContainsKey(OfTarget("berth_snapshot_age_seconds", "service-c")));
        Assert.Equal(1, series["""berth_watch_restarts_total{cause="closed"}"""]);
        Assert.Equal(2, series["""berth_watch_restarts_total{cause="gone"}"""]);
        Assert.Equal(0, series["berth_ready"]);
        Assert.True(series["process_resident_memory_bytes"] > 1_000_000);
        Assert.True(series["process_cpu_seconds_total"] > 0);
        Assert.True(series["process_start_time_seconds"] > 1_000_000_000);
    }

    [Fact]
    public async Task A_second_scrape_replaces_what_is_observed_and_keeps_what_is_counted()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        Counter<int> counter = fixture.Meter.CreateCounter<int>("berth.api.requests");
        counter.Add(2, new KeyValuePair<string, object?>("verb", "list"), new KeyValuePair<string, object?>("code", 200));
        string[] targets = ["a", "b"];
        fixture.Meter.CreateObservableGauge(
            "berth.observed",
            () => targets.Select(static t => new Measurement<double>(1.5, new KeyValuePair<string, object?>("target", t))));
        Assert.Equal(1.5, (await ScrapeAsync(fixture))["""berth_observed{target="b"}"""]);

        targets = ["a"];
        Dictionary<string, double> series = await ScrapeAsync(fixture);

        Assert.False(series.ContainsKey("""berth_observed{target="b"}"""));
        Assert.Equal(1.5, series["""berth_observed{target="a"}"""]);
        Assert.Equal(2, series["""berth_api_requests_total{verb="list",code="200"}"""]);
    }

    [Fact]
    public void Every_kind_of_instrument_is_shown_and_other_meters_are_not()
    {
        using Meter meter = new("Berth");
        using Meter foreign = new("Berth");
        using MetricsExporter exporter = new(meter, NullLogger.Instance);
        meter.CreateCounter<double>("c", "s").Add(0.25);
        meter.CreateUpDownCounter<int>("u").Add(-3);
        meter.CreateGauge<long>("g", "By").Record(5);
        Histogram<double> histogram = meter.CreateHistogram<double>("h", "s");
        histogram.Record(1);
        histogram.Record(2);
        meter.CreateObservableGauge("nothing", static () => Array.Empty<Measurement<long>>());
        meter.CreateObservableGauge("broken", new Func<int>(static () => throw new InvalidOperationException("broken on purpose")));
        meter.CreateObservableUpDownCounter("ou", static () => 4);
        foreign.CreateCounter<long>("foreign").Add(1);

        string text = Encoding.UTF8.GetString(exporter.Export().Span);
        Dictionary<string, double> series = Parse(text);

        Assert.Equal(0.25, series["c_seconds_total"]);
        Assert.Equal(-3, series["u"]);
        Assert.Equal(5, series["g_bytes"]);
        Assert.Equal(3, series["h_seconds_sum"]);
        Assert.Equal(2, series["h_seconds_count"]);
        Assert.Equal(4, series["ou"]);
        Assert.DoesNotContain("broken", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing", text, StringComparison.Ordinal);
        Assert.DoesNotContain("foreign", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE h_seconds summary\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE u gauge\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Label_values_and_help_are_escaped()
    {
        using Meter meter = new("Berth");
        using MetricsExporter exporter = new(meter, NullLogger.Instance);
        meter.CreateCounter<long>("a.b-c", null, "one\ntwo \\ \"three\"").Add(1, new KeyValuePair<string, object?>("la.bel", "x\"y\\z\nw"));

        string text = Encoding.UTF8.GetString(exporter.Export().Span);

        Assert.StartsWith(
            "# HELP a_b_c_total one\\ntwo \\\\ \"three\"\n# TYPE a_b_c_total counter\na_b_c_total{la_bel=\"x\\\"y\\\\z\\nw\"} 1\n", text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_count_every_one()
    {
        StripedCounter counter = new();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
                counter.Increment();
        })));
        Assert.Equal(80_000, counter.Value);
    }

    private static string OfTarget(string name, string service, string? state = null) =>
        $"{name}{{k8s_namespace_name=\"k8s-example2\",k8s_service_name=\"{service}\""
        + (state is null ? "}" : $",berth_endpoint_state=\"{state}\"}}");

    private static string Answered(string? route, int status) =>
        "http_server_request_duration_seconds_count{http_request_method=\"GET\"," + (route is null ? "" : $"http_route=\"{route}\",")
        + $"http_response_status_code=\"{status}\",url_scheme=\"http\"}}";

    private static async Task<Dictionary<string, double>> ScrapeAsync(DispatcherFixture fixture)
    {
        using HttpResponseMessage response = await fixture.Client.GetAsync("/metrics", DispatcherFixture.Cancelled);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return Parse(await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
    }

    /// <summary>Reads the text as Prometheus would: each family with help and type before its series, no series twice.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Dictionary<string, double> series = [];
        HashSet<string> families = [];
        string? family = null;
        string? helped = null;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                helped = line.Split(' ')[2];
                continue;
            }

            if (TypeLine().Match(line) is { Success: true } type)
            {
                family = type.Groups[1].Value;
                Assert.Equal(helped, family);
                Assert.True(families.Add(family), $"{family} comes twice.");
                continue;
            }

            Match match = SeriesLine().Match(line);
            Assert.True(match.Success, $"Not a series: {line}");
            Assert.StartsWith(family!, match.Groups[2].Value, StringComparison.Ordinal);
            series.Add(match.Groups[1].Value, double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture));
        }

        return series;
    }

    [GeneratedRegex("""^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|summary|histogram)$""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        """^(([a-zA-Z_:][a-zA-Z0-9_:]*)""" +
        """(?:\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*\})?) (\S+)$""",
        RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex SeriesLine();
}
