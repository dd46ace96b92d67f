using System.Diagnostics;
using Berth.Remote.Diagnostics;
using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>The activities of watches. All tests share the source of activities, so each looks for those of its own trace.</summary>
public sealed class WatchActivityTests : IDisposable
{
    // A whole state without a pod.
    private const string Empty =
        "event: snapshot\ndata: {\"target\":\"k8s-example2/service-b\",\"version\":1,\"endpoints\":[]}\n\n"
        + "event: source\ndata: {\"state\":\"x-1-live\",\"ageSeconds\":0,\"dispatchers\":[\"x\"],\"reason\":null}\n\n";

    private readonly RecordedActivities _activities = new(WatchActivity.SourceName);
    private readonly Activity _parent = new Activity("test").Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _parent.Dispose();
        _activities.Dispose();
    }

    [Theory]
    [InlineData("", "closed", ActivityStatusCode.Unset)]
    [InlineData("event: snapshot\ndata: {\n\n", "malformed", ActivityStatusCode.Error)]
    [InlineData("cut", "broken", ActivityStatusCode.Error)]
    public async Task Watch_is_one_activity_with_the_cause_of_its_end(string last, string cause, ActivityStatusCode status)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        // The clock stands, so that a watch that ends is a short one, and the next read says so.
        RemoteEndpointSourceOptions options = new() { TimeProvider = new TestClock() };
        await using RemoteEndpointSource source = new([api.Address.ToString()], options);
        await using IEndpointStream stream = source.Open(TestPods.Target, TestPods.Ports);
        Task<EndpointSnapshot> read = stream.ReadAsync(Token).AsTask();
        ScriptedExchange exchange = await api.NextAsync(Token);
        await exchange.StartAsync(200, "text/event-stream");
        await exchange.SendAsync(Empty);
        await read.WaitAsync(Wait.Limit, Token);
        read = stream.ReadAsync(Token).AsTask();
        if (last == "cut")
            exchange.Cut();
        else if (last.Length == 0)
            exchange.End();
        else
            await exchange.SendAsync(last);
        await Assert.ThrowsAsync<EndpointSourceException>(() => read.WaitAsync(Wait.Limit, Token));

        Activity watch = await FindAsync();

        Assert.Equal("watch dispatcher", watch.OperationName);
        Assert.Equal(ActivityKind.Client, watch.Kind);
        Assert.Equal("k8s-example2", watch.GetTagItem("k8s.namespace.name"));
        Assert.Equal("service-b", watch.GetTagItem("k8s.service.name"));
        Assert.Equal(("127.0.0.1", api.Address.Port), (watch.GetTagItem("server.address"), watch.GetTagItem("server.port")));
        Assert.Equal(200, watch.GetTagItem("http.response.status_code"));
        Assert.Equal((cause, status), (watch.GetTagItem("berth.watch.restart.cause"), watch.Status));
        Assert.Contains(_parent.TraceId.ToHexString(), exchange.Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_watch_is_an_error_with_its_status()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteEndpointSource source = new([api.Address.ToString()]);
        await using IEndpointStream stream = source.Open(TestPods.Target, TestPods.Ports);
        Task<EndpointSnapshot> read = stream.ReadAsync(Token).AsTask();
        await (await api.NextAsync(Token)).AnswerAsync(503, "", "text/plain");
        await Assert.ThrowsAsync<EndpointSourceException>(() => read.WaitAsync(Wait.Limit, Token));

        Activity watch = await FindAsync();

        Assert.Equal(ActivityStatusCode.Error, watch.Status);
        Assert.Equal(503, watch.GetTagItem("http.response.status_code"));
        Assert.Equal("Berth.EndpointSourceException", watch.GetTagItem("error.type"));
        Assert.Null(watch.GetTagItem("berth.watch.restart.cause"));
    }

    [Fact]
    public async Task Watch_that_is_abandoned_has_not_failed()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteEndpointSource source = new([api.Address.ToString()]);
        await using (IEndpointStream stream = source.Open(TestPods.Target, TestPods.Ports))
        {
            using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task<EndpointSnapshot> read = stream.ReadAsync(leaving.Token).AsTask();
            ScriptedExchange exchange = await api.NextAsync(Token);
            await exchange.StartAsync(200, "text/event-stream");
            await exchange.SendAsync(":\n\n");
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Wait.Limit, Token));
        }

        Activity watch = await FindAsync();

        Assert.Equal(ActivityStatusCode.Unset, watch.Status);
        Assert.Null(watch.GetTagItem("berth.watch.restart.cause"));
    }

    private Task<Activity> FindAsync() => _activities.WaitForAsync("the watch", found => found.TraceId == _parent.TraceId, Token);
}
