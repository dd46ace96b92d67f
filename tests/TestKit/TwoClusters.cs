using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.TestKit;

/// <summary>Two clusters, east and west, that a test feeds, and a directory over both. East is preferred.</summary>
public sealed class TwoClusters : IAsyncDisposable
{
    public TwoClusters(
        TimeProvider? time = null, string? snapshotFile = null, TimeSpan? maxStale = null, ILoggerFactory? loggers = null,
        System.Diagnostics.Metrics.Meter? meter = null)
    {
        Directory = ClusterEndpointSource.Connect([new("east", East), new("west", West)], new EndpointDirectoryOptions
        {
            TimeProvider = time ?? TimeProvider.System,
            Backoff = new ExponentialBackoff(new Random(1)) { MaxDelay = TimeSpan.FromMilliseconds(250) },
            LoggerFactory = loggers ?? NullLoggerFactory.Instance,
            SnapshotFile = snapshotFile,
            MaxStale = maxStale,
            Meter = meter,
        });
    }

    public PushableSource East { get; } = new();

    public PushableSource West { get; } = new();

    public EndpointDirectory Directory { get; }

    public EndpointView View => Directory.Follow(TestPods.Target, TestPods.Ports);

    /// <summary>A pod of a cluster. Pods of one ordinal have one name, address and port in every cluster.</summary>
    public static PodEndpoint Pod(string cluster, int ordinal, bool ready = true, string? zone = null) => PodEndpoint.Create(
        string.Create(CultureInfo.InvariantCulture, $"service-b-{ordinal}"), TestPods.Target.Namespace,
        [IPAddress.Parse("10.77.0.1")], [new EndpointPort("", 3000 + ordinal)], ordinal, $"{cluster}-{ordinal}", "node-1", zone, ready,
        cluster: cluster);

    /// <summary>States the pods of a cluster.</summary>
    public void Push(string cluster, params PodEndpoint[] pods) => SourceOf(cluster).Push(TestPods.Snapshot(pods));

    /// <summary>States ready pods of a cluster.</summary>
    public void Push(string cluster, int count) => Push(cluster, [.. Enumerable.Range(0, count).Select(i => Pod(cluster, i))]);

    /// <summary>Lets a cluster fail.</summary>
    public void Fail(string cluster, string message) => SourceOf(cluster).Fail(TestPods.Target, TestPods.Ports, message);

    /// <summary>Waits until the view shows a text, as <see cref="TextOf"/> gives it.</summary>
    public Task<EndpointSnapshot> UntilAsync(string text, CancellationToken cancellationToken) =>
        PushableSource.WaitForAsync(View, snapshot => TextOf(snapshot) == text, cancellationToken);

    /// <summary>The clusters with their ready pods: <c>east: 0 1; west: 0 (stale)</c>.</summary>
    public static string TextOf(EndpointSnapshot snapshot) => string.Join("; ", snapshot.Clusters.Select(static cluster =>
        $"{cluster.Name}: {string.Join(' ', cluster.Snapshot?.Available.Select(static pod => $"{pod.Ordinal}") ?? [])}".TrimEnd()
            + (cluster.Snapshot is null ? " (not listed)" : cluster.IsTooStale ? " (too stale)" : cluster.IsLive ? "" : " (stale)")));

    public ValueTask DisposeAsync() => Directory.DisposeAsync();

    private PushableSource SourceOf(string cluster) => cluster == "east" ? East : West;
}
