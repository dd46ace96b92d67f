using System.Diagnostics;
using System.Net;
using Berth.Dispatcher.Server;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Telemetry;

/// <summary>Runs alone: while it listens, every server of the process makes activities, and none answers plain requests itself.</summary>
[Collection("Alone")]
public sealed class RequestActivityTests : IDisposable
{
    private readonly RecordedActivities _activities = new(RequestActivity.SourceName);

    public void Dispose() => _activities.Dispose();

    [Theory]
    [InlineData("/", "GET /", "/")]
    [InlineData("/v1/endpoints/k8s-example2/service-b/0", "GET /v1/endpoints/{namespace}/{service}/{pod}",
        "/v1/endpoints/{namespace}/{service}/{pod}")]
    [InlineData("/nothing", "GET", null)]
    public async Task Request_continues_the_trace_of_its_client(string path, string name, string? route)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        string trace = ActivityTraceId.CreateRandom().ToHexString();

        Activity seen = await AskAsync(fixture, path, trace);

        Assert.Equal((name, ActivityKind.Server), (seen.DisplayName, seen.Kind));
        Assert.Equal("00f067aa0ba902b7", seen.ParentSpanId.ToHexString());
        Assert.Equal("a=b", seen.TraceStateString);
        Assert.True(seen.HasRemoteParent);
        Assert.Equal(route, seen.GetTagItem("http.route"));
        Assert.Equal("GET", seen.GetTagItem("http.request.method"));
        Assert.Equal("http", seen.GetTagItem("url.scheme"));
        Assert.Equal(path, seen.GetTagItem("url.path"));
        Assert.Equal(route is null ? 404 : 200, seen.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, seen.Status);
    }

    [Fact]
    public async Task Answer_of_500_and_above_is_an_error()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();

        Activity seen = await AskAsync(fixture, "/", ActivityTraceId.CreateRandom().ToHexString());

        Assert.Equal(503, seen.GetTagItem("http.response.status_code"));
        Assert.Equal("503", seen.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, seen.Status);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7")]
    [InlineData("garbage")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    public async Task Malformed_traceparent_starts_a_trace_of_its_own(string traceParent)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        string path = $"/v1/endpoints/k8s-example2/service-b/{Guid.NewGuid():n}";
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("traceparent", traceParent);

        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Activity seen = await _activities.WaitForAsync(
            path, activity => Equals(activity.GetTagItem("url.path"), path), DispatcherFixture.Cancelled);
        Assert.Equal(default, seen.ParentSpanId);
    }

    [Fact]
    public async Task Activity_of_a_watch_ends_when_the_stream_starts()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        string trace = ActivityTraceId.CreateRandom().ToHexString();
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/watch/k8s-example2/service-b");
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using HttpResponseMessage response = await fixture.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);

        Activity seen = await FindAsync(trace);

        Assert.Equal("GET /v1/watch/{namespace}/{service}", seen.DisplayName);
        Assert.Equal(200, seen.GetTagItem("http.response.status_code"));
    }

    private async Task<Activity> AskAsync(DispatcherFixture fixture, string path, string trace)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        request.Headers.TryAddWithoutValidation("tracestate", "a=b");
        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);
        return await FindAsync(trace);
    }

    private Task<Activity> FindAsync(string trace) =>
        _activities.WaitForAsync(trace, activity => activity.TraceId.ToHexString() == trace, DispatcherFixture.Cancelled);
}
