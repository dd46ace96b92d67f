using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests.Telemetry;

public sealed class RequestDurationTests : IDisposable
{
    private readonly Meter _meter = new("Berth");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Durations_fall_into_buckets_that_add_up()
    {
        RequestDurations durations = new(_meter, _time);
        foreach (double seconds in new[] { 0, 0.0001, 0.0002, 0.3, 11 })
            Add(durations, Route.Root, "GET", 200, seconds);

        string text = Text(durations);

        const string Labels = "http_request_method=\"GET\",http_route=\"/\",http_response_status_code=\"200\",url_scheme=\"http\"";
        string[] expected =
        [
            $"_bucket{{{Labels},le=\"0.0001\"}} 2", $"_bucket{{{Labels},le=\"0.0005\"}} 3", $"_bucket{{{Labels},le=\"0.25\"}} 3",
            $"_bucket{{{Labels},le=\"0.5\"}} 4", $"_bucket{{{Labels},le=\"10\"}} 4", $"_bucket{{{Labels},le=\"+Inf\"}} 5",
            $"_sum{{{Labels}}} 11.3003", $"_count{{{Labels}}} 5",
        ];
        foreach (string line in expected)
            Assert.Contains($"http_server_request_duration_seconds{line}\n", text, StringComparison.Ordinal);
        Assert.StartsWith(
            "# HELP http_server_request_duration_seconds Duration of HTTP server requests.\n"
                + "# TYPE http_server_request_duration_seconds histogram\n",
            text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BREW", "_OTHER")]
    [InlineData("get", "_OTHER")]
    [InlineData("PATCH", "PATCH")]
    public void Method_that_is_none_of_the_conventions_is_OTHER(string method, string told)
    {
        RequestDurations durations = new(_meter, _time);
        Add(durations, Route.Other, method, 405, 0);
        Assert.Contains(
            $"_count{{http_request_method=\"{told}\",http_response_status_code=\"405\",url_scheme=\"http\"}} 1\n", Text(durations),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Status_of_500_and_above_is_the_type_of_error()
    {
        RequestDurations durations = new(_meter, _time);
        Add(durations, Route.Ready, "GET", 503, 0);
        Assert.Contains(
            "http_route=\"/readyz\",http_response_status_code=\"503\",url_scheme=\"http\",error_type=\"503\"} 1\n", Text(durations),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Listener_of_the_meter_gets_each_duration_in_seconds()
    {
        RequestDurations durations = new(_meter, _time);
        ConcurrentQueue<(double Seconds, string Tags)> got = new();
        Add(durations, Route.Root, "GET", 200, 1);
        using MeterListener listener = new();
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => got.Enqueue((value, PrometheusName.Labels(tags))));
        listener.EnableMeasurementEvents(durations.Instrument);

        Add(durations, Route.Root, "GET", 200, 0.25);

        Assert.Equal(
            (0.25, "{http_request_method=\"GET\",http_route=\"/\",http_response_status_code=\"200\",url_scheme=\"http\"}"),
            Assert.Single(got));
        Assert.Equal("s", durations.Instrument.Unit);
        Assert.Contains(0.005, durations.Instrument.Advice!.HistogramBucketBoundaries!);
    }

    [Fact]
    public async Task Many_threads_lose_no_duration()
    {
        RequestDurations durations = new(_meter, _time);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
                durations.Add(Route.Root, "GET", "http", 200, durations.Now);
        })));
        Assert.Contains("url_scheme=\"http\"} 80000\n", Text(durations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_counts_when_it_ends_with_all_its_time()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        EventStream stream = await EventStream.OpenAsync(fixture);
        await stream.ReadAsync();
        Assert.DoesNotContain(
            "http_route=\"/v1/watch", await fixture.Client.GetStringAsync("/metrics", DispatcherFixture.Cancelled),
            StringComparison.Ordinal);
        fixture.Time.Advance(TimeSpan.FromSeconds(7));
        stream.Dispose();

        string text = await Wait.ForAsync("the watch is counted", ScrapeAsync, DispatcherFixture.Cancelled);

        Assert.Contains("url_scheme=\"http\",le=\"5\"} 0\n", Watch(text), StringComparison.Ordinal);
        Assert.Contains("url_scheme=\"http\",le=\"7.5\"} 1\n", Watch(text), StringComparison.Ordinal);

        async Task<string?> ScrapeAsync(CancellationToken cancellationToken)
        {
            string all = await fixture.Client.GetStringAsync("/metrics", cancellationToken);
            return all.Contains("http_route=\"/v1/watch", StringComparison.Ordinal) ? all : null;
        }
    }

    private static string Watch(string text) =>
        string.Concat(text.Split('\n').Where(static l => l.Contains("/v1/watch", StringComparison.Ordinal)).Select(static l => l + "\n"));

    private static string Text(RequestDurations durations)
    {
        StringBuilder text = new();
        durations.WriteTo(text);
        return text.ToString();
    }

    private void Add(RequestDurations durations, Route route, string method, int code, double seconds)
    {
        long started = durations.Now;
        _time.Advance(TimeSpan.FromSeconds(seconds));
        durations.Add(route, method, "http", code, started);
    }
}
