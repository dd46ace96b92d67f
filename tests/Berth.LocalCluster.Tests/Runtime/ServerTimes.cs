using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Measures how long servers of this process handle the requests of one path, from the arrival of a request until the handler has given its
/// last byte to the transport. The time of the client is not part of it, except where the transport must wait for the client to read.
/// </summary>
internal sealed class ServerTimes : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Requests = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private readonly ConcurrentDictionary<HttpContext, long> _starts = new();
    private readonly Channel<double> _times = Channel.CreateUnbounded<double>();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private readonly string _path;

    /// <param name="path">The path, with its query.</param>
    public ServerTimes(string path)
    {
        _path = path;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Returns the times of the first requests in milliseconds, in the order in which they ended.</summary>
    public async Task<IReadOnlyList<double>> ReadAsync(int count)
    {
        List<double> times = [];
        while (times.Count < count)
            times.Add(await _times.Reader.ReadAsync(TestCluster.Token).AsTask().WaitAsync(TestCluster.Patience, TestCluster.Token));
        return times;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.AspNetCore")
            _subscriptions.Add(value.Subscribe(this, static name => name.StartsWith(Requests, StringComparison.Ordinal)));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not HttpContext http || http.Request.Path + http.Request.QueryString != _path)
            return;
        if (value.Key == Requests + ".Start")
            _starts[http] = Stopwatch.GetTimestamp();
        else if (value.Key == Requests + ".Stop" && _starts.TryRemove(http, out long began))
            _times.Writer.TryWrite(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    public void OnCompleted()
    {
        // Times come until disposal.
    }

    public void OnError(Exception error)
    {
        // A listener has no errors.
    }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions)
            subscription.Dispose();
    }
}
