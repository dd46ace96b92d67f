using System.Diagnostics.Metrics;
using System.Globalization;
using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Metrics;

/// <summary>Counts requests by route and status. Counting is one increment; tags are created only when the metrics are read.</summary>
internal sealed class RequestCounts
{
    private static readonly string[] s_routes =
    [
        "/", "/v1/endpoints/{namespace}/{service}", "/v1/endpoints/{namespace}/{service}/{pod}", "/v1/watch/{namespace}/{service}",
        "/v1/targets", "/v1/go/{namespace}/{service}/{pod}", "/openapi.json",
        "/healthz", "/readyz", "/metrics", "/v1/seats/{namespace}/{service}", "/v1/seats/{namespace}/{service}/{reservation}",
        "/v1/scale/{namespace}/{service}", "/gameserverallocation", "/ui/{file}", "other",
    ];

    private static readonly int[] s_codes = [200, 201, 204, 304, 307, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503];

    private readonly StripedCounter?[] _counters = new StripedCounter?[s_routes.Length * s_codes.Length];

    public RequestCounts(Meter meter)
    {
        Root = CounterOf(Route.Root, 200);
        meter.CreateObservableCounter("berth.requests", Measure, "{request}", "Requests answered, by route and status.");
    }

    /// <summary>The counter of <c>GET /</c> with status 200, kept at hand because it is by far the busiest.</summary>
    public StripedCounter Root { get; }

    public void Add(Route route, int code) => CounterOf(route, code).Increment();

    private StripedCounter CounterOf(Route route, int code)
    {
        int at = Array.IndexOf(s_codes, code);
        ref StripedCounter? counter = ref _counters[((int)route * s_codes.Length) + (at < 0 ? Array.IndexOf(s_codes, 500) : at)];
        return Volatile.Read(ref counter) ?? Interlocked.CompareExchange(ref counter, new StripedCounter(), null) ?? counter!;
    }

    private IEnumerable<Measurement<long>> Measure()
    {
        for (int i = 0; i < _counters.Length; i++)
        {
            if (Volatile.Read(ref _counters[i]) is not { } counter)
                continue;
            yield return new Measurement<long>(
                counter.Value,
                new KeyValuePair<string, object?>("route", s_routes[i / s_codes.Length]),
                new KeyValuePair<string, object?>("code", s_codes[i % s_codes.Length].ToString(CultureInfo.InvariantCulture)));
        }
    }
}
