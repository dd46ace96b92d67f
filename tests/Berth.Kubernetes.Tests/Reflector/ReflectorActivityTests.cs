using System.Diagnostics;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The activities of lists and watches. Each test has a Service of its own, because all tests share the source of activities.
/// </summary>
public sealed class ReflectorActivityTests : IDisposable
{
    private readonly RecordedActivities _activities = new(ReflectorActivity.SourceName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _activities.Dispose();

    [Fact]
    public async Task List_and_watch_are_activities_with_the_target()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync("traced-one");
        harness.Api.OnList(200, Json.List("100", Json.Slice("s1", "90", Json.Pod("traced-one-0"))));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s1", "105", Json.Pod("traced-one-0", ready: false)));
        await next;
        next = harness.ReadAsync();
        watch.Cut();
        ScriptedExchange again = await harness.Api.NextAsync(Token);
        await again.StartAsync();

        Activity list = await FindAsync("traced-one", "list endpointslices");
        Activity ended = await FindAsync("traced-one", "watch endpointslices");

        Assert.Equal("k8s-example2", list.GetTagItem("k8s.namespace.name"));
        Assert.Equal((1, 1), (list.GetTagItem("berth.list.page"), list.GetTagItem("berth.list.objects")));
        Assert.Equal(ActivityStatusCode.Unset, list.Status);
        Assert.Equal("broken", ended.GetTagItem("berth.watch.restart.cause"));
        Assert.Equal(ActivityStatusCode.Error, ended.Status);
        Assert.Equal((ActivityKind.Client, ActivityKind.Client), (list.Kind, ended.Kind));
        again.End();
        await next;
    }

    [Fact]
    public async Task List_that_is_refused_is_an_error_with_its_type()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync("traced-two");
        harness.Api.OnList(
            403, """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no","reason":"Forbidden","code":403}""");
        await harness.FailAsync();

        Activity list = await FindAsync("traced-two", "list endpointslices");

        Assert.Equal(ActivityStatusCode.Error, list.Status);
        Assert.Equal("Berth.Kubernetes.KubernetesApiException", list.GetTagItem("error.type"));
    }

    private Task<Activity> FindAsync(string service, string name) => _activities.WaitForAsync(
        name, activity => activity.OperationName == name && Equals(activity.GetTagItem("k8s.service.name"), service), Token);
}
