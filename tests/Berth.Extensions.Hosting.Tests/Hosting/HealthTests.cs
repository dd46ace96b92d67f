using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Berth.Extensions.Hosting.Hosting;

public sealed class HealthTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_is_unhealthy_then_healthy_then_degraded_then_unhealthy()
    {
        TestClock clock = new();
        await using PodRig rig = new();
        rig.Builder.Services.AddSingleton<TimeProvider>(clock);
        rig.Builder.AddBerth(static s => s.MaxStale = TimeSpan.FromMinutes(5));
        await rig.StartAsync(0);
        await CheckAsync(rig, HealthStatus.Unhealthy, "There are no endpoints of k8s-example2/service-b yet. The source has not answered.");

        await rig.PublishAsync([TestPods.Endpoint(0)]);
        HealthReportEntry live = await CheckAsync(rig, HealthStatus.Healthy, "k8s-example2/service-b version 1: 1 of 1 available");
        Assert.Equal(1, live.Data["available"]);

        rig.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(rig.View, static s => s.IsStale, Stop);
        await CheckAsync(rig, HealthStatus.Degraded, "The endpoints of k8s-example2/service-b are 0 s old. The API server is away.");

        clock.Advance(TimeSpan.FromMinutes(6));
        await CheckAsync(rig, HealthStatus.Unhealthy, "The endpoints of k8s-example2/service-b are too old to be served (360 s).");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_view_that_is_no_longer_renewed_is_unhealthy(bool isReleased)
    {
        await using PodRig rig = new();
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        await CheckAsync(rig, HealthStatus.Healthy, "k8s-example2/service-b version 1: 1 of 1 available");
        EndpointDirectory directory = rig.Services.GetRequiredService<EndpointDirectory>();
        if (isReleased)
            await directory.ReleaseAsync(TestPods.Target);
        else
            await directory.DisposeAsync();
        await CheckAsync(
            rig, HealthStatus.Unhealthy,
            "k8s-example2/service-b is no longer followed: its directory is disposed, or has released it. Restart the program.");
    }

    [Fact]
    public async Task A_view_has_no_check_when_its_settings_say_so()
    {
        await using PodRig rig = new();
        rig.Builder.Configuration["Berth:Views:lobby:DisableHealthChecks"] = "true";
        await rig.StartAsync(0);
        HealthReport report = await rig.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop);
        Assert.Empty(report.Entries);
    }

    private static async Task<HealthReportEntry> CheckAsync(PodRig rig, HealthStatus status, string description)
    {
        HealthReport report = await rig.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop);
        HealthReportEntry entry = report.Entries["Berth_lobby"];
        Assert.Equal(status, entry.Status);
        Assert.StartsWith(description, entry.Description, StringComparison.Ordinal);
        return entry;
    }
}
