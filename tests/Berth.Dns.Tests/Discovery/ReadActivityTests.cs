using System.Diagnostics;
using Berth.Dns.Discovery;
using Berth.TestKit;
using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Discovery;

/// <summary>The activities of readings. All tests share the source of activities, so each looks for those of its own trace.</summary>
public sealed class ReadActivityTests : IDisposable
{
    private readonly RecordedActivities _activities = new(ReadActivity.SourceName);
    private readonly Activity _parent = new Activity("test").Start();

    public void Dispose()
    {
        _parent.Dispose();
        _activities.Dispose();
    }

    [Fact]
    public async Task Reading_is_one_activity_with_the_target_and_its_pods()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(3)));

        await rig.ReadAsync();

        Activity reading = Assert.Single(Own());
        Assert.Equal(("read service", ActivityKind.Client), (reading.OperationName, reading.Kind));
        Assert.Equal("k8s-example2", reading.GetTagItem("k8s.namespace.name"));
        Assert.Equal("service-b", reading.GetTagItem("k8s.service.name"));
        Assert.Equal(TestZone.Service, reading.GetTagItem("dns.question.name"));
        Assert.Equal(3, reading.GetTagItem("berth.dns.pods"));
        Assert.Equal(ActivityStatusCode.Unset, reading.Status);
    }

    [Fact]
    public async Task Reading_without_an_answer_is_an_error_with_its_type()
    {
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(3)));
        rig.Server.Script = static query => DnsTestReply.Code(query, 2);

        EndpointSourceException failure = await rig.FailAsync();

        Activity reading = Assert.Single(Own());
        Assert.Equal((ActivityStatusCode.Error, failure.Message), (reading.Status, reading.StatusDescription));
        Assert.Equal("Berth.EndpointSourceException", reading.GetTagItem("error.type"));
        Assert.Null(reading.GetTagItem("berth.dns.pods"));
    }

    private Activity[] Own() => [.. _activities.All.Where(found => found.TraceId == _parent.TraceId)];
}
