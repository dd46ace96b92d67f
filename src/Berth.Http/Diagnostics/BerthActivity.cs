using System.Diagnostics;
using Berth.Diagnostics;

namespace Berth.Http.Diagnostics;

/// <summary>The activity of one request through the handler. Without a listener it costs nothing.</summary>
internal static class BerthActivity
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Berth.Http";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Starts the activity of a request.</summary>
    public static Activity? Start(ServiceTarget target)
    {
        if (!s_source.HasListeners())
            return null;
        Activity? activity = s_source.StartActivity($"berth {target}", ActivityKind.Client);
        if (activity is not null)
            TelemetryNames.TellTarget(activity, target);
        return activity;
    }

    /// <summary>Says which pod is tried.</summary>
    public static void Try(Activity? activity, PodEndpoint pod, int attempt)
    {
        if (activity is null)
            return;
        activity.SetTag("k8s.pod.name", pod.Name);
        activity.SetTag("k8s.pod.uid", pod.Uid);
        activity.SetTag("k8s.node.name", pod.Node);
        activity.SetTag("berth.pods.tried", attempt);
    }

    /// <summary>Says that the request failed.</summary>
    public static void Fail(Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.SetTag(TelemetryNames.ErrorType, exception.GetType().FullName);
    }
}
