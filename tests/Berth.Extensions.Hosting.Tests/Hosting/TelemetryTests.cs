using System.Collections.Concurrent;
using Berth.Http;
using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Berth.Extensions.Hosting.Hosting;

/// <summary>The telemetry that the real OpenTelemetry SDK of a program gets.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Metrics_reach_the_program_unless_disabled(bool isDisabled)
    {
        MetricNames names = new();
        await using PodRig rig = new();
        rig.Builder.Configuration["Berth:DisableMetrics"] = isDisabled ? "true" : "false";
        rig.Builder.Services.AddOpenTelemetry().WithMetrics(
            metrics => metrics.AddReader(_ => new BaseExportingMetricReader(names)));
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        rig.Services.GetRequiredService<MeterProvider>().ForceFlush();
        Assert.Equal(!isDisabled, names.Seen.ContainsKey("berth.endpoints"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Activities_reach_the_program_unless_disabled(bool isDisabled)
    {
        ActivityNames names = new();
        await using PodRig rig = new();
        rig.Builder.Configuration["Berth:DisableTracing"] = isDisabled ? "true" : "false";
        rig.Builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby");
        rig.Builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(_ => new SimpleActivityExportProcessor(names)));
        await rig.StartAsync(1);
        using HttpClient client = rig.CreateClient("lobby");
        await client.GetStringAsync("http://lobby/", Stop);
        Assert.Equal(!isDisabled, names.Seen.ContainsKey("berth k8s-example2/service-b"));
    }

    private sealed class MetricNames : BaseExporter<Metric>
    {
        public ConcurrentDictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (Metric metric in batch)
                Seen[metric.Name] = 1;
            return ExportResult.Success;
        }
    }

    private sealed class ActivityNames : BaseExporter<System.Diagnostics.Activity>
    {
        public ConcurrentDictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

        public override ExportResult Export(in Batch<System.Diagnostics.Activity> batch)
        {
            foreach (System.Diagnostics.Activity activity in batch)
                Seen[activity.DisplayName] = 1;
            return ExportResult.Success;
        }
    }
}
