using System.Diagnostics;
using Berth.Diagnostics;

namespace Berth.Remote.Diagnostics;

/// <summary>
/// The activity of a watch of a dispatcher, from its opening to its end. The dispatcher continues its trace. Without a listener it costs
/// nothing.
/// </summary>
internal static class WatchActivity
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Berth.Remote";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Starts the activity.</summary>
    public static Activity? Start(ServiceTarget target, Uri dispatcher)
    {
        if (!s_source.HasListeners())
            return null;
        Activity? activity = s_source.StartActivity("watch dispatcher", ActivityKind.Client);
        if (activity is null)
            return null;
        TelemetryNames.TellTarget(activity, target);
        activity.SetTag("server.address", dispatcher.IdnHost);
        activity.SetTag("server.port", dispatcher.Port);
        return activity;
    }

    /// <summary>Records the dispatcher's answer.</summary>
    public static void Answered(Activity? activity, int status) => activity?.SetTag(TelemetryNames.StatusCode, status);

    /// <summary>Records why the watch ended.</summary>
    /// <param name="activity">The activity, if there is one.</param>
    /// <param name="cause"><c>closed</c>, <c>broken</c>, <c>idle</c> or <c>malformed</c>.</param>
    /// <param name="exception">The exception that showed the end.</param>
    public static void Ended(Activity? activity, string cause, Exception exception)
    {
        activity?.SetTag(TelemetryNames.RestartCause, cause);
        if (cause != "closed")
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    /// <summary>Records that the watch could not be opened. A cancelled request is no failure.</summary>
    public static void Failed(Activity? activity, Exception exception)
    {
        if (exception is OperationCanceledException)
            return;
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.SetTag(TelemetryNames.ErrorType, exception.GetType().FullName);
    }
}
