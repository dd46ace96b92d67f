using Berth.Snapshots;

namespace Berth.Dispatcher.Http;

/// <summary>Problem details (RFC 9457). Programs compare the type; the detail is for people.</summary>
/// <param name="Type">The last part of <c>urn:berth:problem:</c>; stable.</param>
/// <param name="Title">The kind in a few words, the same for every occurrence.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence about this occurrence.</param>
internal sealed record Problem(string Type, string Title, int Status, string Detail)
{
    public const string TypePrefix = "urn:berth:problem:";

    /// <summary>The number of seconds after which a client should ask again, or null when that does not help.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The requested pod, when it is known, so that the client need not ask again for its details.</summary>
    public PodEndpoint? Endpoint { get; init; }

    /// <summary>The challenge of a 401 (RFC 9110, 11.6.1).</summary>
    public string? Challenge { get; init; }

    /// <summary>The allowed methods, when the method was the problem.</summary>
    public string? Allow { get; init; }

    public static Problem UnknownTarget(ServiceTarget target, string followed) => new(
        "unknown-target", "Unknown target", 404,
        $"This dispatcher does not follow {target}. It follows {followed}; add the target with --target.");

    public static Problem MalformedTarget(string fault) => new("malformed-target", "Malformed target", 400, fault);

    public static Problem UnknownPod(EndpointSnapshot snapshot, string wanted) => new(
        "unknown-pod", "Unknown pod", 404,
        $"{snapshot.Target} has no pod {wanted} in version {snapshot.Version}, " +
        $"which has {EndpointWords.Pods(snapshot.Endpoints.Count)}.");

    public static Problem PodLeftOut(EndpointSnapshot snapshot, LeftOutPod pod) => new(
        "pod-left-out", "Pod cannot be dialled", 404,
        $"The pod {pod.Name} of {snapshot.Target} is known and cannot be dialled: {pod.Detail}.");

    public static Problem PodNotReady(EndpointSnapshot snapshot, PodEndpoint pod) => new(
        "pod-not-ready", "Pod not ready", 503,
        $"The pod {pod.Name} of {snapshot.Target} is {EndpointWords.Of(pod.State)}: no new client should connect to it.")
    {
        RetryAfter = 1,
        Endpoint = pod,
    };

    public static Problem NothingReady(EndpointSnapshot snapshot, IEndpointPicker picker) => new(
        "nothing-ready", "Nothing ready", 503, NoEndpointException.Describe(snapshot, picker))
    {
        RetryAfter = 1,
    };

    public static Problem NotListed(EndpointView view) => new(
        "not-listed", "Not listed yet", 503,
        $"The endpoints of {view.Target} have not been listed yet. " +
            (view.Failure?.Message ?? "The source has been asked and has not answered yet; try again."))
    {
        RetryAfter = 1,
    };

    public static Problem TooStale(EndpointView view) => new(
        "too-stale", "Too stale", 503,
        $"The endpoints of {view.Target} are {view.Age?.TotalSeconds:0} s old, older than this dispatcher may serve (--max-stale). " +
        (view.Failure?.Message ?? view.Current?.StaleReason))
    {
        RetryAfter = 1,
    };

    public static Problem NotReady(string detail) => new("not-ready", "Not ready", 503, detail);

    public static Problem UnknownRoute(string path) => new(
        "unknown-route", "Unknown route", 404,
        $"There is nothing at {path}. Try /, /v1/targets, /v1/endpoints/NAMESPACE/SERVICE, /v1/watch/NAMESPACE/SERVICE, " +
        "/v1/go/NAMESPACE/SERVICE/POD, /v1/seats/NAMESPACE/SERVICE (with --seat-keys), /v1/ping (with --ping), " +
        "/healthz, /readyz or /metrics.");

    public static Problem HiddenRoute(string path) => new(
        "unknown-route", "Unknown route", 404, $"There is nothing at {path} on this address. It is at the addresses of --admin-urls.");

    public static Problem Unauthorized(bool isKnown) => new(
        "unauthorized", "Unauthorized", 401,
        isKnown
            ? "This dispatcher answers known callers only. Send the header Authorization: Bearer TOKEN."
            : "The header Authorization has no token that this dispatcher knows. Send Authorization: Bearer TOKEN with one of its tokens.")
    {
        Challenge = isKnown ? "Bearer realm=\"berth\"" : "Bearer realm=\"berth\", error=\"invalid_token\"",
    };

    public static Problem NoCertificate() => new(
        "forbidden", "Forbidden", 403,
        "This dispatcher answers clients with a certificate of its CAs only (--client-ca), and there was none.");

    public static Problem OtherSubject(string subject) => new(
        "forbidden", "Forbidden", 403, $"The certificate's subject '{subject}' may not ask here (--client-subject).");

    public static Problem Forbidden(Caller caller, ServiceTarget target) => new(
        "forbidden", "Forbidden", 403, $"The caller {caller.Name} may not ask for {target}. Its line in the token file names its targets.");

    public static Problem TooManyRequests(int seconds) => new(
        "too-many-requests", "Too many requests", 429, $"This client asks too often. Ask again in {seconds} s, and then less often.")
    {
        RetryAfter = seconds,
    };

    public static Problem TooManyWatches() => new(
        "too-many-requests", "Too many requests", 429, "This client has as many watches open as it may. Close one first.")
    {
        RetryAfter = 10,
    };

    public static Problem MethodNotAllowed(string method) => new(
        "method-not-allowed", "Method not allowed", 405, $"{method} is not answered here. Use GET or HEAD.")
    {
        Allow = "GET, HEAD",
    };

    public static Problem Internal() => new(
        "internal", "Internal error", 500, "An unexpected error occurred. The server's log has the reason.");
}
