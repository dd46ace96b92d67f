using System.Diagnostics.Metrics;
using System.Globalization;

namespace Berth.Kubernetes.Http;

/// <summary>
/// Counts requests to the API server: <c>berth.api.requests</c>, by verb (list, watch, get) and code (the HTTP status, or <c>error</c>).
/// </summary>
internal sealed class ApiCounter(Meter meter)
{
    internal const string Name = "berth.api.requests";

    private readonly Counter<long> _requests = meter.CreateCounter<long>(Name, "{request}", "Requests sent to the Kubernetes API server.");

    internal void Answered(string verb, int status) => Add(verb, status.ToString(CultureInfo.InvariantCulture));

    internal void Failed(string verb) => Add(verb, "error");

    private void Add(string verb, string code) =>
        _requests.Add(1, new KeyValuePair<string, object?>("verb", verb), new KeyValuePair<string, object?>("code", code));
}
