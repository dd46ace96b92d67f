using System.Diagnostics;
using Berth.Diagnostics;

namespace Berth.Kubernetes.Reflector;

/// <summary>
/// The activities of the requests that read the API server: one for each page of a list, and one for each watch, from its opening to its
/// end. Without a listener they cost nothing.
/// </summary>
internal static class ReflectorActivity
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Berth.Kubernetes";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Starts the activity of a list or a watch.</summary>
    public static Activity? Start(ResourceQuery query, string verb)
    {
        if (!s_source.HasListeners())
            return null;
        Activity? activity = s_source.StartActivity($"{verb} {query.Resource}", ActivityKind.Client);
        if (activity is null)
            return null;
        activity.SetTag(TelemetryNames.ApiVerb, verb);
        activity.SetTag(TelemetryNames.ApiResource, query.Resource);
        if (query.Namespace is { } ns)
            activity.SetTag(TelemetryNames.Namespace, ns);
        if (query.Service is { } service)
            activity.SetTag(TelemetryNames.Service, service);
        return activity;
    }

    /// <summary>Says how a page of a list was.</summary>
    public static void Listed(Activity? activity, int page, int objects)
    {
        activity?.SetTag("berth.list.page", page);
        activity?.SetTag("berth.list.objects", objects);
    }

    /// <summary>Says why a watch ended.</summary>
    public static void Ended(Activity? activity, string? cause)
    {
        if (cause is null)
            return;
        activity?.SetTag(TelemetryNames.RestartCause, cause);
        if (cause != RestartCause.Closed)
            activity?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Says that there was no answer, or none that can be used. A request that was cancelled has not failed.</summary>
    public static void Failed(Activity? activity, Exception exception)
    {
        if (exception is OperationCanceledException)
            return;
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
        activity?.SetTag(TelemetryNames.ErrorType, exception.GetType().FullName);
    }
}
