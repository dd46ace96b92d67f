using System.Diagnostics.Metrics;
using Berth.Diagnostics;

namespace Berth.Kubernetes.Http;

/// <summary>
/// Counts requests to the API server: <c>berth.api.requests</c>, by verb (list, watch, get, create) and HTTP status, or kind of failure
/// when no answer came.
/// </summary>
internal sealed class ApiCounter(Meter meter)
{
    internal const string Name = "berth.api.requests";

    private readonly Counter<long> _requests = meter.CreateCounter<long>(Name, "{request}", "Requests sent to the Kubernetes API server.");

    internal void Answered(string verb, int status) => Add(verb, new(TelemetryNames.StatusCode, status));

    /// <summary>Counts a request without an answer.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="kind">The kind of failure: <c>timeout</c> or <c>unreachable</c>.</param>
    internal void Failed(string verb, string kind) => Add(verb, new(TelemetryNames.ErrorType, kind));

    private void Add(string verb, KeyValuePair<string, object?> outcome) =>
        _requests.Add(1, new KeyValuePair<string, object?>(TelemetryNames.ApiVerb, verb), outcome);
}
