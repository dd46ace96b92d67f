namespace Berth.Extensions.Hosting;

/// <summary>
/// The settings of the directory: the configuration section <c>Berth</c>. Every value has a default, and an empty section is valid.
/// </summary>
public sealed class BerthSettings
{
    /// <summary>
    /// The source of endpoints: <c>Kubernetes</c>, <c>Dns</c>, <c>Remote</c> (a dispatcher), <c>File</c>, <c>Static</c> (the
    /// <see cref="BerthViewSettings.Pods"/> of the views), or the name given to <c>AddBerthSource</c>; upper and lower case are one.
    /// Default: <c>Kubernetes</c>.
    /// </summary>
    public string Source { get; set; } = "Kubernetes";

    /// <summary>
    /// The time that a call waits for the first snapshot of a target before it throws. Default 10 s; above 0 and up to 24 days, or
    /// <c>-00:00:00.0010000</c> for no limit.
    /// </summary>
    public TimeSpan FirstSnapshotTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum age of a stale snapshot that is still served. Default: null, for no limit. Above 0.
    /// </summary>
    public TimeSpan? MaxStale { get; set; }

    /// <summary>
    /// True: while no pod of a target is ready, those that are not ready are available, except the terminating. Default false. See
    /// <see cref="EndpointDirectoryOptions.LastResort"/>.
    /// </summary>
    public bool LastResort { get; set; }

    /// <summary>
    /// The path of a file that keeps the last good snapshots, so that a program starts while its source is unreachable. Default: null, for
    /// no file. Not empty.
    /// </summary>
    public string? SnapshotFile { get; set; }

    /// <summary>True to leave OpenTelemetry of this program without Berth's activities. Default: false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>True to leave OpenTelemetry of this program without Berth's meters. Default: false.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>The settings of the source <c>Kubernetes</c>: section <c>Berth:Kubernetes</c>.</summary>
    public BerthKubernetesSettings Kubernetes { get; } = new();

    /// <summary>The settings of the source <c>Dns</c>: section <c>Berth:Dns</c>.</summary>
    public BerthDnsSettings Dns { get; } = new();

    /// <summary>The settings of the source <c>Remote</c>: section <c>Berth:Remote</c>.</summary>
    public BerthRemoteSettings Remote { get; } = new();

    /// <summary>The settings of the source <c>File</c>: section <c>Berth:File</c>.</summary>
    public BerthFileSettings File { get; } = new();
}
