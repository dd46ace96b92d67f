using System.Diagnostics;
using Berth.Directories;
using Berth.TestKit;

namespace Berth.Tests.Directory;

/// <summary>The activity of publishing. The test has a target of its own, because all tests share the source of activities.</summary>
public sealed class PublishActivityTests
{
    private static readonly ServiceTarget s_target = new("k8s-example2", "traced");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_snapshot_that_readers_get_is_one_activity()
    {
        using RecordedActivities activities = new(PublishActivity.SourceName);
        PushableSource source = new();
        await using EndpointDirectory directory = new(source, new EndpointDirectoryOptions { TimeProvider = new TestClock() });
        using Activity request = new("request of a user");
        request.Start();
        EndpointView view = directory.Follow(s_target, TestPods.Ports);
        request.Stop();
        await source.PublishAsync(view, [TestPods.Endpoint(0)], cancellationToken: Cancellation);
        source.Confirm(s_target, TestPods.Ports);
        source.Fail(s_target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(view, static s => s.IsStale, Cancellation);

        Activity stale = await activities.WaitForAsync("stale", static a => Is(a, "stale"), Cancellation);
        Activity live = await activities.WaitForAsync("live", static a => Is(a, "live"), Cancellation);

        Assert.Equal(2, activities.All.Count(static a => Equals(a.GetTagItem("k8s.service.name"), "traced")));
        Assert.Equal("publish", live.DisplayName);
        Assert.Equal("k8s-example2", live.GetTagItem("k8s.namespace.name"));
        Assert.Equal((1L, 1), (live.GetTagItem("berth.snapshot.version"), live.GetTagItem("berth.snapshot.endpoints")));
        Assert.Equal(ActivityStatusCode.Unset, live.Status);
        Assert.Equal((ActivityStatusCode.Error, "The API server is away."), (stale.Status, stale.StatusDescription));
        // The loop lives longer than the request that was the first to ask.
        Assert.Equal(default, live.ParentSpanId);
        Assert.NotEqual(request.TraceId, live.TraceId);
    }

    private static bool Is(Activity activity, string state) =>
        Equals(activity.GetTagItem("k8s.service.name"), "traced") && Equals(activity.GetTagItem("berth.snapshot.state"), state);
}
