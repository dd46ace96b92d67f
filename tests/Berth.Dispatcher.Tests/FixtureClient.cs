using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>Requests for the tests of routes, whatever program answers.</summary>
internal sealed partial class DispatcherFixture
{
    public static readonly ServiceTarget B = new("k8s-example2", "service-b");
    public static readonly ServiceTarget Other = new("k8s-example2", "service-c");
    public static readonly PortScheme Ports = PortScheme.PerOrdinal(3000);

    public PushableSource Source { get; } = new();

    public TestClock Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public Meter Meter { get; } = new("Berth");

    public HttpClient Client { get; private set; } = null!;

    public EndpointView View => Directory.Follow(B, Ports);

    public EndpointView OtherView => Directory.Follow(Other, Ports);

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A pod as a StatefulSet has it: <c>service-b-2</c>, its base port + ordinal.</summary>
    public static PodEndpoint Pod(
        int ordinal,
        string address = "10.88.0.10",
        string set = "service-b",
        int portBase = 3000,
        bool ready = true,
        bool terminating = false) => PodEndpoint.Create(
            string.Create(CultureInfo.InvariantCulture, $"{set}-{ordinal}"),
            B.Namespace,
            [IPAddress.Parse(address)],
            [new EndpointPort("", portBase + ordinal)],
            ordinal,
            string.Create(CultureInfo.InvariantCulture, $"uid-{set}-{ordinal}"),
            "node-1",
            "zone-1",
            ready,
            terminating: terminating);

    public Task<EndpointSnapshot> PublishAsync(params PodEndpoint[] pods) => Source.PublishAsync(View, pods, cancellationToken: Cancelled);

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return await ParseAsync(response);
    }

    /// <summary>Asks, and expects problem details of one type; every member that RFC 9457 names is checked.</summary>
    public async Task<JsonElement> GetProblemAsync(string path, int status, string type, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, path);
        using HttpResponseMessage response = await Client.SendAsync(request, Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await ParseAsync(response);
        Assert.Equal("urn:berth:problem:" + type, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.EndsWith(".", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(new Uri(Client.BaseAddress!, path).AbsolutePath, problem.GetProperty("instance").GetString());
        return problem;
    }

    public async Task<(TcpClient Client, Stream Stream)> ConnectAsync()
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port, Cancelled);
        return (client, client.GetStream());
    }

    /// <summary>The value of one series of <c>/metrics</c>, or null when it is not there.</summary>
    public async Task<double?> ReadMetricAsync(string series)
    {
        string text = await Client.GetStringAsync("/metrics", Cancelled);
        string? line = text.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Asks until a series has a value, and moves the clock on each time.</summary>
    public Task WaitForMetricAsync(string series, double value, TimeSpan step = default) => Wait.UntilAsync(
        async () =>
        {
            double? read = await ReadMetricAsync(series);
            if (read != value)
                Time.Advance(step);
            return read;
        },
        read => read == value,
        Wait.Limit,
        series,
        Cancelled);

    private static async Task<JsonElement> ParseAsync(HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        return document.RootElement.Clone();
    }

    /// <summary>Moves the clock on until something has happened: a test cannot see when a delay starts.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> happening)
    {
        while (!happening.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(happening, Client.GetAsync("/healthz", Cancelled));
        }

        return await happening;
    }
}
