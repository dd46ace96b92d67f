using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Berth.Diagnostics;

/// <summary>
/// The names of attributes of metrics and activities. Names come from OpenTelemetry's semantic conventions where these have one. The others
/// begin with <c>berth.</c> (decision 0063).
/// </summary>
internal static class TelemetryNames
{
    public const string Cluster = "k8s.cluster.name";
    public const string Namespace = "k8s.namespace.name";
    public const string Service = "k8s.service.name";
    public const string StatusCode = "http.response.status_code";
    public const string ErrorType = "error.type";

    public const string EndpointState = "berth.endpoint.state";
    public const string SnapshotState = "berth.snapshot.state";
    public const string SnapshotVersion = "berth.snapshot.version";
    public const string WarningKind = "berth.warning.kind";
    public const string ApiVerb = "berth.api.verb";
    public const string ApiResource = "berth.api.resource";
    public const string RestartCause = "berth.watch.restart.cause";

    /// <summary>Returns a measurement about a target.</summary>
    public static Measurement<T> Measure<T>(ServiceTarget target, T value)
        where T : struct =>
        new(value, new(Namespace, target.Namespace), new(Service, target.Service));

    /// <summary>Returns a measurement about a target, with one more attribute.</summary>
    public static Measurement<T> Measure<T>(ServiceTarget target, T value, string name, string more)
        where T : struct => Measure(target, value, null, name, more);

    /// <summary>Returns a measurement about a target in a cluster, or about a target alone.</summary>
    public static Measurement<T> Measure<T>(ServiceTarget target, T value, string? cluster)
        where T : struct =>
        cluster is null
            ? Measure(target, value)
            : new(value, new(Namespace, target.Namespace), new(Service, target.Service), new(Cluster, cluster));

    /// <summary>Returns a measurement about a target in a cluster, or about a target alone, with one more attribute.</summary>
    public static Measurement<T> Measure<T>(ServiceTarget target, T value, string? cluster, string name, string more)
        where T : struct =>
        cluster is null
            ? new(value, new(Namespace, target.Namespace), new(Service, target.Service), new(name, more))
            : new(
                value, new(Namespace, target.Namespace), new(Service, target.Service), new(Cluster, cluster), new(name, more));

    /// <summary>Adds the target of an activity to its attributes.</summary>
    public static void TellTarget(Activity activity, ServiceTarget target)
    {
        activity.SetTag(Namespace, target.Namespace);
        activity.SetTag(Service, target.Service);
    }
}
