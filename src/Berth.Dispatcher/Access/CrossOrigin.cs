using Berth.Dispatcher.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Access;

/// <summary>Lets pages of other origins read the answers (CORS, WHATWG Fetch 3.3).</summary>
internal sealed class CrossOrigin
{
    private const string Any = "*";

    private static readonly StringValues s_any = Any;
    private static readonly StringValues s_vary = "Origin";
    private static readonly StringValues s_exposed = "ETag, Retry-After, Location, Berth-Zone, Berth-Host, Berth-Seats";
    private static readonly StringValues s_methods = "GET, HEAD, POST, DELETE";
    private static readonly StringValues s_headers = "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID";
    // Two hours, the maximum that Chromium keeps.
    private static readonly StringValues s_maxAge = "7200";

    private readonly bool _isAny;
    private readonly Dictionary<string, StringValues> _origins;

    public CrossOrigin(IReadOnlyList<string> origins)
    {
        _isAny = origins.Contains(Any);
        _origins = origins.ToDictionary(static origin => origin, static origin => new StringValues(origin), StringComparer.Ordinal);
    }

    /// <summary>
    /// Adds the headers for a page that may read the answer. Returns true when the request is a preflight, and answered by them.
    /// </summary>
    public bool AddHeaders(Exchange exchange)
    {
        IHeaderDictionary headers = exchange.Response.Headers;
        if (!_isAny)
            headers.Vary = s_vary;
        string? origin = exchange.Request.Headers.Origin;
        bool asks = origin is not null && exchange.Request.Method == HttpMethods.Options
            && !StringValues.IsNullOrEmpty(exchange.Request.Headers.AccessControlRequestMethod);
        StringValues allowed = s_any;
        if (origin is null || (!_isAny && !_origins.TryGetValue(origin, out allowed)))
            return asks;
        headers.AccessControlAllowOrigin = allowed;
        if (!asks)
        {
            headers.AccessControlExposeHeaders = s_exposed;
            return false;
        }

        headers.AccessControlAllowMethods = s_methods;
        headers.AccessControlAllowHeaders = s_headers;
        headers.AccessControlMaxAge = s_maxAge;
        return true;
    }
}
