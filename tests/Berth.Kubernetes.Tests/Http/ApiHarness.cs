using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Trust;
using Berth.Kubernetes.Http;
using Microsoft.AspNetCore.Http;

namespace Berth.Kubernetes.Tests.Http;

/// <summary>A client of a test server, with its counters.</summary>
internal sealed class ApiHarness : IDisposable
{
    private readonly Meter _meter = new("berth.test");
    private readonly MeterListener _listener = new();

    internal ApiHarness(ClusterAccess access, TimeProvider? time = null, KubernetesApiOptions? options = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string key = instrument.Name + ":" + string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            Counts.AddOrUpdate(key, value, (_, old) => old + value);
        });
        _listener.Start();
        Api = new KubernetesApi(access, _meter, time ?? TimeProvider.System, options);
    }

    internal KubernetesApi Api { get; }

    internal ConcurrentDictionary<string, long> Counts { get; } = new();

    internal static ClusterAccess Access(
        Uri server, string? caPem = null, ICredentialSource? credentials = null, string? serverName = null) => new()
    {
        Server = server,
        Source = "a test",
        Trust = ServerTrust.Of(caPem is null ? null : PemSource.FromText(caPem, "the test's CA"), serverName: serverName),
        Credentials = credentials ?? FixedCredential.Anonymous,
    };

    internal static FixedCredential Token(string token) => new(Credential.Bearer(token, "a test"));

    internal async Task<string> TextAsync(string path)
    {
        using KubernetesResponse response = await Api.GetAsync(path, TestContext.Current.CancellationToken);
        using StreamReader reader = new(response.Body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Answers with the request's Authorization, so that a test sees what was sent.</summary>
    internal static Task EchoAsync(HttpContext context) =>
        TestServer.JsonAsync(
            context, 200, $"{{\"authorization\":\"{context.Request.Headers.Authorization}\",\"protocol\":\"{context.Request.Protocol}\"}}");

    public void Dispose()
    {
        Api.Dispose();
        _listener.Dispose();
        _meter.Dispose();
    }
}
