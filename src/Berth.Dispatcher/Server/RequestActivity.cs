using System.Diagnostics;
using System.Globalization;
using Berth.Diagnostics;
using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Server;

/// <summary>
/// The activity of one request, by OpenTelemetry's conventions for HTTP servers. Its parent is the client's, from <c>traceparent</c> and
/// <c>tracestate</c> (W3C Trace Context). Without a listener it costs nothing.
/// </summary>
internal static class RequestActivity
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Berth.Dispatcher";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>True while anything listens.</summary>
    public static bool IsWanted => s_source.HasListeners();

    /// <summary>Starts the activity of a request.</summary>
    public static Activity? Start(Exchange exchange, Route route)
    {
        string? template = RouteTemplates.Of(route);
        _ = ActivityContext.TryParse(
            exchange.Request.Headers.TraceParent, exchange.Request.Headers.TraceState, isRemote: true, out ActivityContext parent);
        ActivityTagsCollection tags = new()
        {
            ["http.request.method"] = exchange.Request.Method,
            ["url.path"] = exchange.Request.Path,
            ["url.scheme"] = exchange.Request.Scheme,
        };
        if (template is not null)
            tags["http.route"] = template;
        string name = template is null ? exchange.Request.Method : $"{exchange.Request.Method} {template}";
        return s_source.StartActivity(name, ActivityKind.Server, parent, tags);
    }

    /// <summary>Records how the request was answered.</summary>
    public static void Tell(Activity? activity, int status)
    {
        activity?.SetTag(TelemetryNames.StatusCode, status);
        if (status < 500)
            return;
        activity?.SetTag(TelemetryNames.ErrorType, status.ToString(CultureInfo.InvariantCulture));
        activity?.SetStatus(ActivityStatusCode.Error);
    }
}
