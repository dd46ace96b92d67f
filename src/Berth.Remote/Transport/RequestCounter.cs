using System.Diagnostics.Metrics;
using System.Globalization;

namespace Berth.Remote.Transport;

/// <summary>
/// Counts requests to dispatchers: <c>berth.remote.requests</c>, by status code, or <c>error</c> when no answer came.
/// </summary>
internal sealed class RequestCounter(Meter meter)
{
    internal const string Name = "berth.remote.requests";

    private readonly Counter<long> _requests = meter.CreateCounter<long>(Name, "{request}", "Requests sent to dispatchers.");

    public void Answered(int status) => Add(status.ToString(CultureInfo.InvariantCulture));

    public void Failed() => Add("error");

    private void Add(string code) => _requests.Add(1, new KeyValuePair<string, object?>("code", code));
}
