using System.Diagnostics;
using Berth.Diagnostics;

namespace Berth.Dns.Discovery;

/// <summary>The activity of one reading of a Service, with all its questions. Without a listener it costs nothing.</summary>
internal static class ReadActivity
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Berth.Dns";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Starts the activity.</summary>
    public static Activity? Start(ServiceNames names)
    {
        if (!s_source.HasListeners())
            return null;
        Activity? activity = s_source.StartActivity("read service", ActivityKind.Client);
        if (activity is null)
            return null;
        TelemetryNames.TellTarget(activity, names.Target);
        activity.SetTag("dns.question.name", names.Service);
        return activity;
    }

    /// <summary>Says what was read. A reading may have gaps, and fails then too.</summary>
    public static void Ended(Activity? activity, ServiceState state)
    {
        activity?.SetTag("berth.dns.pods", state.Pods.Count);
        if (state.Failure is { } failure)
            Failed(activity, failure);
    }

    /// <summary>Says that nothing could be read. A reading that was cancelled has not failed.</summary>
    public static void Failed(Activity? activity, Exception exception)
    {
        if (exception is OperationCanceledException)
            return;
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.SetTag(TelemetryNames.ErrorType, exception.GetType().FullName);
    }
}
