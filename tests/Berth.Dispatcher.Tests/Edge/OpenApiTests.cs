using System.Net;
using System.Text.Json;
using Berth.Dispatcher.Tests.Seats;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>The document of the HTTP API, compared with live answers of every route and every problem.</summary>
public sealed class OpenApiTests
{
    private const string Own = "/v1/endpoints/k8s-example2/service-b";
    private const string Go = "/v1/go/k8s-example2/service-b";
    private const string Token = "lobby-token-0123456789";

    /// <summary>The headers that a client relies on.</summary>
    private static readonly string[] s_headers =
        ["ETag", "Retry-After", "Location", "Berth-Zone", "Berth-Host", "Berth-Seats", "WWW-Authenticate", "Allow"];

    private readonly HashSet<string> _routes = [];
    private readonly HashSet<string> _problems = [];
    private readonly List<string> _faults = [];

    [Fact]
    public async Task Every_route_and_problem_is_as_documented()
    {
        await using EdgeServer edge = await StartAsync(new DispatcherClientLimits { Watchers = 1 }, null);
        await edge.Source.PublishAsync(
            edge.View, [Hosted(), DispatcherFixture.Pod(1, ready: false)],
            [new LeftOutPod("web-007", LeftOutReason.NoOrdinal, "it has leading zeros")], DispatcherFixture.Cancelled);
        using HttpClient client = edge.Client(follow: false);
        using JsonDocument document = JsonDocument.Parse(await client.GetStringAsync("/openapi.json", DispatcherFixture.Cancelled));

        string[] paths =
        [
            "/", "/?zone=zone-1", "/?zone=none", "/?key=room-7", "/?host", "/v1/targets", "/v1/ping",
            Own, Own + "?pick", Own + "?zone=none", Own + "?key=a",
            Own + "/0", Own + "/service-b-0", Own + "/1", Own + "/9", Own + "/web-007", "/v1/endpoints/a/b", "/v1/endpoints/A/b",
            "/v1/endpoints/k8s-example2/service-c", Go + "/0", Go + "/0/join?x=1", Go + "/1", Go + "/9/x", "/v1/watch/a/b", "/v1/watch/A/b",
            "/healthz", "/readyz", "/metrics", "/openapi.json", "/nothing",
        ];
        foreach (string path in paths)
            await CheckAsync(client, document.RootElement, path);
        await CheckAsync(client, document.RootElement, "/", ("Accept", "application/json"));
        await CheckAsync(client, document.RootElement, Own, ("method", "DELETE"));
        string tag = (await client.GetAsync(Own, DispatcherFixture.Cancelled)).Headers.ETag!.ToString();
        await CheckAsync(client, document.RootElement, Own, ("If-None-Match", tag));
        using HttpResponseMessage watch = await client.GetAsync(
            "/v1/watch/k8s-example2/service-b", HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        await CheckAsync(client, document.RootElement, "/v1/watch/k8s-example2/service-b");
        await edge.Source.PublishAsync(edge.View, [], cancellationToken: DispatcherFixture.Cancelled);
        await CheckAsync(client, document.RootElement, Own + "?pick");
        await edge.Source.PublishAsync(
            edge.OtherView, [DispatcherFixture.Pod(0, set: "service-c")], cancellationToken: DispatcherFixture.Cancelled);
        await CheckAsync(client, document.RootElement, "/v1/ping");
        await CheckRefusalsAsync(document.RootElement);
        await CheckStaleAsync(document.RootElement);
        await CheckSeatsAsync(document.RootElement);

        Assert.Equal("", string.Join('\n', _faults));
        Assert.Equal(
            document.RootElement.GetProperty("paths").EnumerateObject().Select(static p => p.Name).Order(StringComparer.Ordinal),
            _routes.Order(StringComparer.Ordinal));
        // A defect cannot be asked for.
        Assert.Equal(
            TypesOf(document.RootElement).Where(static t => t != "urn:berth:problem:internal").Order(StringComparer.Ordinal),
            _problems.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_has_an_entity_tag()
    {
        await using EdgeServer edge = await StartAsync(null, null);
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await client.GetAsync("/openapi.json", DispatcherFixture.Cancelled);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using HttpRequestMessage again = new(HttpMethod.Get, "/openapi.json");
        again.Headers.Add("If-None-Match", response.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again, DispatcherFixture.Cancelled)).StatusCode);
    }

    private static IEnumerable<string> TypesOf(JsonElement document) =>
        document.GetProperty("components").GetProperty("schemas").GetProperty("Problem").GetProperty("properties").GetProperty("type")
            .GetProperty("enum").EnumerateArray().Select(static t => t.GetString()!);

    private static Task<EdgeServer> StartAsync(DispatcherClientLimits? limits, string? tokens) =>
        EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], ClientLimits = limits, TokenFile = tokens,
            PingTarget = DispatcherFixture.Other,
        });

    private async Task CheckRefusalsAsync(JsonElement document)
    {
        using TestFile tokens = new($"lobby {Token} k8s-example2/service-c");
        await using EdgeServer edge = await StartAsync(new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 3 }, tokens.Path);
        using HttpClient client = edge.Client();
        await CheckAsync(client, document, Own);
        await CheckAsync(client, document, Own, ("Authorization", "Bearer " + Token));
        await CheckAsync(client, document, "/v1/targets", ("Authorization", "Bearer " + Token));
        await CheckAsync(client, document, "/", ("Authorization", "Bearer " + Token));
    }

    private async Task CheckStaleAsync(JsonElement document)
    {
        PushableSource source = new();
        TestClock time = new();
        await using EndpointDirectory directory = new(
            source, new EndpointDirectoryOptions { TimeProvider = time, MaxStale = TimeSpan.FromSeconds(1) });
        using System.Diagnostics.Metrics.Meter meter = new("Berth");
        await using DispatcherServer server = await DispatcherServer.StartAsync(
            directory, new DispatcherOptions { Targets = [EdgeServer.Targets[0]], Urls = ["http://127.0.0.1:0"] },
            new RecordingLogger(), time, meter, DispatcherFixture.Cancelled);
        using HttpClient stale = new() { BaseAddress = new Uri(server.Addresses[0]) };
        await CheckAsync(stale, document, "/readyz");
        EndpointView view = directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports);
        await source.PublishAsync(view, [DispatcherFixture.Pod(0)], cancellationToken: DispatcherFixture.Cancelled);
        source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await PushableSource.WaitForAsync(view, static s => s.IsStale, DispatcherFixture.Cancelled);
        await CheckAsync(stale, document, Own);
        time.Advance(TimeSpan.FromHours(1));
        await CheckAsync(stale, document, Own);
        await CheckAsync(stale, document, "/");
    }

    private async Task CheckSeatsAsync(JsonElement document)
    {
        (string, string) post = ("method", "POST");
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 1);
        HttpClient client = cluster.Client;
        await CheckAsync(client, document, SeatCluster.Path);
        foreach (string path in new[] { "/", "/?pick=seats", Own, Own + "?pick=seats", Own + "?key=a", Own + "/0" })
            await CheckAsync(client, document, path);
        await CheckAsync(client, document, SeatCluster.Path, ("method", "PUT"));
        foreach (string path in new[] { "/v1/scale/k8s-example2/service-b", "/v1/scale/a/b", "/v1/seats/a/b", "/v1/seats/A/b" })
            await CheckAsync(client, document, path);
        string[] bodies = ["[]", """{"seats":0}""", """{"seats":2}""", """{"ttl":0}""", new string(' ', 5000)];
        foreach (string body in bodies)
            await CheckAsync(client, document, SeatCluster.Path, post, ("body", body));
        await CheckAsync(client, document, SeatCluster.Path, post, ("Idempotency-Key", "one"));
        await CheckAsync(client, document, SeatCluster.Path, post, ("Idempotency-Key", "one"), ("body", """{"key":"other"}"""));

        (_, JsonElement seat) = await cluster.ReserveAsync("""{"ttl":0.1}""");
        string reservation = $"{SeatCluster.Path}/{seat.GetProperty("reservation").GetString()}";
        await cluster.WaitForAsync(
            page => cluster.Desks[1]!.State.Reserved == 0 && page.GetProperty("free").GetInt32() == 1);
        await CheckAsync(client, document, reservation, ("method", "DELETE"));
        // The page may be older than the reservation, so the dispatcher may still know of no free seat.
        reservation = await Wait.ForAsync(
            "the seat to be given again",
            async _ => await cluster.ReserveAsync() is (201, var given)
                ? $"{SeatCluster.Path}/{given.GetProperty("reservation").GetString()}"
                : null,
            DispatcherFixture.Cancelled);
        await CheckAsync(client, document, SeatCluster.Path, post);
        await CheckAsync(client, document, reservation);
        await CheckAsync(client, document, reservation + "/renew", post, ("body", """{"ttl":60}"""));
        await CheckAsync(client, document, reservation, ("method", "DELETE"));
        await CheckAsync(client, document, reservation + "/renew", post);
        await CheckAsync(client, document, SeatCluster.Path + "/service-b-9.00", ("method", "DELETE"));

        const string Allocate = "/gameserverallocation";
        await CheckAsync(client, document, Allocate, post, ("body", """{"namespace":"k8s-example2"}"""));
        await CheckAsync(client, document, Allocate, post, ("body", """{"namespace":"k8s-example2"}"""));
        await CheckAsync(client, document, Allocate, post, ("body", """{"lists":{"a":{}}}"""));
        await CheckAsync(client, document, Allocate, post, ("body", "{}"));
        await CheckAsync(client, document, Allocate);
        await cluster.KillDeskAsync(0);
        await cluster.KillDeskAsync(1);
        await CheckAsync(client, document, reservation, ("method", "DELETE"));
        await cluster.WaitForAsync(static page => page.GetProperty("capacity").GetInt32() == 0);
        await CheckAsync(client, document, SeatCluster.Path);
        await CheckAsync(client, document, SeatCluster.Path, post);
        (DispatcherServer server, HttpClient other) = await cluster.StartDispatcherAsync(maxWaiting: 0);
        await using (server)
        {
            using (other)
                await CheckAsync(other, document, SeatCluster.Path + "?wait=10s", post);
        }
    }

    private async Task CheckAsync(HttpClient client, JsonElement document, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach ((string name, string value) in headers)
        {
            if (name == "method")
                request.Method = new HttpMethod(value);
            else if (name == "body")
                request.Content = new StringContent(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        string status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string where = $"{request.Method} {path}: {status}";
        string? type = response.Content.Headers.ContentType?.MediaType;
        SchemaCheck check = new(document);
        JsonElement content = default;
        if (RouteOf(document, path) is { } route)
        {
            _routes.Add(route.Name);
            // A method that is not documented is answered with 405, which every operation documents.
            if (!route.Value.TryGetProperty(request.Method.Method.ToLowerInvariant(), out JsonElement operation))
                operation = route.Value.EnumerateObject().First().Value;
            if (!operation.GetProperty("responses").TryGetProperty(status, out JsonElement found))
            {
                _faults.Add($"{where} is not documented");
                return;
            }

            JsonElement documented = check.Resolve(found);
            foreach (string header in s_headers)
            {
                bool isThere = response.Headers.NonValidated.Contains(header) || response.Content.Headers.NonValidated.Contains(header);
                bool isKnown = documented.TryGetProperty("headers", out JsonElement known) && known.TryGetProperty(header, out _);
                // A 304 repeats the tag of its 200.
                if (isThere && !isKnown && status != "304")
                    _faults.Add($"{where} has the header {header}");
            }

            if (type is not null && !documented.GetProperty("content").TryGetProperty(type, out content))
                _faults.Add($"{where} has the type {type}");
        }

        if (type is "application/json" or "application/problem+json")
            await CheckBodyAsync(response, document, content, where, check);
    }

    private async Task CheckBodyAsync(
        HttpResponseMessage response, JsonElement document, JsonElement content, string where, SchemaCheck check)
    {
        JsonElement schema = content.ValueKind == JsonValueKind.Object
            ? content.GetProperty("schema")
            : document.GetProperty("components").GetProperty("schemas").GetProperty("Problem");
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        _faults.AddRange(check.FaultsOf(body.RootElement, schema).Select(fault => $"{where} {fault}"));
        if ((int)response.StatusCode >= 400 && body.RootElement.TryGetProperty("type", out JsonElement problem))
            _problems.Add(problem.GetString()!);
    }

    /// <summary>Finds the documented route of a path: the one with as many segments, whose fixed ones are equal.</summary>
    private static JsonProperty? RouteOf(JsonElement document, string path)
    {
        string[] segments = path.Split('?')[0].Split('/');
        foreach (JsonProperty route in document.GetProperty("paths").EnumerateObject())
        {
            string[] pattern = route.Name.Split('/');
            if (pattern.Length == segments.Length && pattern.Zip(segments).All(static p => p.First.StartsWith('{') || p.First == p.Second))
                return route;
        }

        return null;
    }

    private static PodEndpoint Hosted() => PodEndpoint.Create(
        "service-b-0", "k8s-example2", [System.Net.IPAddress.Parse("10.88.0.10")], [new EndpointPort("", 3000)], 0, "uid-0", "node-1",
        "zone-1", host: "service-b-0.play.example.com");
}
