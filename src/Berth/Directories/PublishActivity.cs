using System.Diagnostics;
using Berth.Diagnostics;

namespace Berth.Directories;

/// <summary>The activity of publishing a snapshot to readers. Without a listener it costs nothing.</summary>
internal static class PublishActivity
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Berth";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Starts the activity, where readers get a snapshot that they did not have.</summary>
    public static Activity? Start(ServiceTarget target, ViewState before, ViewState next)
    {
        if (!s_source.HasListeners() || next.Snapshot is not { } snapshot || ReferenceEquals(before.Snapshot, snapshot))
            return null;
        Activity? activity = s_source.StartActivity("publish");
        if (activity is null)
            return null;
        TelemetryNames.TellTarget(activity, target);
        activity.SetTag(TelemetryNames.SnapshotVersion, snapshot.Version);
        activity.SetTag(TelemetryNames.SnapshotState, snapshot.IsStale ? "stale" : "live");
        activity.SetTag("berth.snapshot.endpoints", snapshot.Endpoints.Count);
        if (next.Failure is { } failure)
            activity.SetStatus(ActivityStatusCode.Error, failure.Message);
        return activity;
    }
}
