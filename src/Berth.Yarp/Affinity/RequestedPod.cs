using Microsoft.AspNetCore.Http;

namespace Berth.Yarp.Affinity;

/// <summary>The pod that a request asks for.</summary>
/// <param name="Kind">How the pod is named.</param>
/// <param name="Value">The name, the ordinal or the key; empty when there is none.</param>
internal readonly record struct RequestedPod(RequestedPodKind Kind, string Value)
{
    public static RequestedPod Of(HttpContext context, string keyName)
    {
        HttpRequest request = context.Request;
        if (request.RouteValues.TryGetValue(BerthPodAffinity.RouteValue, out object? value) && value is string { Length: > 0 } inPath)
            return new RequestedPod(RequestedPodKind.Named, inPath);
        if (Find(request, keyName) is { } named)
            return new RequestedPod(RequestedPodKind.Named, named);
        if (request.Cookies[keyName] is { Length: > 0 } cookie)
            return new RequestedPod(RequestedPodKind.Cookie, cookie);
        return Find(request, BerthPodAffinity.StickyKeyName) is { } key
            ? new RequestedPod(RequestedPodKind.Key, key)
            : new RequestedPod(RequestedPodKind.None, "");
    }

    // Several values are joined, and name no pod.
    private static string? Find(HttpRequest request, string name) =>
        request.Headers[name].ToString() is { Length: > 0 } header ? header
        : request.Query[name].ToString() is { Length: > 0 } parameter ? parameter
        : null;
}
