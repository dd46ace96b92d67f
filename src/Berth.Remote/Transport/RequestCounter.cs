using System.Diagnostics.Metrics;
using Berth.Diagnostics;

namespace Berth.Remote.Transport;

/// <summary>
/// Counts requests to dispatchers: <c>berth.remote.requests</c>, by HTTP status, or kind of failure when no answer came.
/// </summary>
internal sealed class RequestCounter(Meter meter)
{
    internal const string Name = "berth.remote.requests";

    private readonly Counter<long> _requests = meter.CreateCounter<long>(Name, "{request}", "Requests sent to dispatchers.");

    public void Answered(int status) => _requests.Add(1, new KeyValuePair<string, object?>(TelemetryNames.StatusCode, status));

    /// <summary>Counts a request without an answer.</summary>
    /// <param name="kind">The kind of failure: <c>timeout</c> or <c>unreachable</c>.</param>
    public void Failed(string kind) => _requests.Add(1, new KeyValuePair<string, object?>(TelemetryNames.ErrorType, kind));
}
