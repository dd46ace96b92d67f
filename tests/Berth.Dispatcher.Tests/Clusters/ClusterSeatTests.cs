using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Seats;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.Clusters;

/// <summary>Seats of pods of one name in two clusters: real desks, on two addresses of this machine.</summary>
public sealed class ClusterSeatTests
{
    private const string Path = "/v1/seats/k8s-example2/service-b";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Preferred_cluster_gives_its_seats_first_and_then_the_next()
    {
        await using Seats seats = await Seats.StartAsync();
        (string first, string id) = await seats.ReserveAsync();
        Assert.Equal("east", first);
        Assert.StartsWith("east~service-b-0.", id, StringComparison.Ordinal);
        Assert.Equal("west", (await seats.ReserveAsync()).Cluster);

        // The id leads to the desk of its own cluster.
        using HttpResponseMessage released = await seats.Client.DeleteAsync($"{Path}/{id}", Token);
        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        await seats.WaitAsync("east 1 free, west 0 free");
        Assert.Equal("east", (await seats.ReserveAsync()).Cluster);
    }

    [Fact]
    public async Task Named_cluster_gives_its_seats_first()
    {
        await using Seats seats = await Seats.StartAsync();
        Assert.Equal("west", (await seats.ReserveAsync("?cluster=west")).Cluster);
        await seats.WaitAsync("east 1 free, west 0 free");
        Assert.Equal("east", (await seats.ReserveAsync("?cluster=west")).Cluster);
    }

    [Fact]
    public async Task Allocation_names_its_cluster_and_can_be_released_there()
    {
        await using Seats seats = await Seats.StartAsync();
        (string first, string id) = await seats.AllocateAsync();
        Assert.Equal("east", first);
        Assert.StartsWith("east~service-b-0.", id, StringComparison.Ordinal);
        (string second, string other) = await seats.AllocateAsync();
        Assert.Equal("west", second);
        await seats.WaitAsync("east 0 free, west 0 free");

        // Both pods have one name. The id leads to the desk of its own cluster.
        using HttpResponseMessage released = await seats.Client.DeleteAsync($"{Path}/{other}", Token);
        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        await seats.WaitAsync("east 0 free, west 1 free");
    }

    /// <summary>Two desks with one seat each, and a dispatcher.</summary>
    private sealed class Seats : IAsyncDisposable
    {
        private readonly TestFolder _folder = new();
        private readonly TwoClusters _clusters = new();
        private readonly Meter _meter = new("Berth");
        private readonly List<IAsyncDisposable> _servers = [];
        private readonly List<SeatDesk> _desks = [];
        private readonly int _port = FreePorts.Take();
        private DispatcherServer? _server;

        public HttpClient Client { get; private set; } = null!;

        public static async Task<Seats> StartAsync()
        {
            Seats seats = new();
            string keys = seats._folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32]));
            await seats.StartDeskAsync(keys, "127.0.0.1");
            await seats.StartDeskAsync(keys, "127.0.0.2");
            DispatcherOptions options = new()
            {
                Targets = [new DispatcherTarget(TestPods.Target, TestPods.Ports)],
                Urls = ["http://127.0.0.1:0"],
                Seats = new DispatcherSeatOptions
                {
                    DeskPorts = PortScheme.PerOrdinal(seats._port),
                    KeyFile = keys,
                    AttemptTimeout = Wait.Limit,
                    Deadline = Wait.Limit,
                    DefaultTtl = TimeSpan.FromMinutes(10),
                },
            };
            seats._server = await DispatcherServer.StartAsync(
                seats._clusters.Directory, options, NullLoggerFactory.Instance, TimeProvider.System, seats._meter, Token);
            seats.Client = new HttpClient { BaseAddress = new Uri(seats._server.Addresses[0]), Timeout = Wait.Limit };
            seats._clusters.Push("east", PodAt("east", "127.0.0.1"));
            seats._clusters.Push("west", PodAt("west", "127.0.0.2"));
            await seats.WaitAsync("east 1 free, west 1 free");
            return seats;
        }

        public async Task<(string Cluster, string Id)> ReserveAsync(string query = "")
        {
            using StringContent body = new("{}", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await Client.PostAsync(Path + query, body, Token);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            using JsonDocument seat = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
            return (seat.RootElement.GetProperty("cluster").GetString()!, seat.RootElement.GetProperty("reservation").GetString()!);
        }

        /// <summary>Asks as a matchmaker that speaks to Agones does.</summary>
        public async Task<(string Source, string Id)> AllocateAsync()
        {
            using StringContent body = new($$"""{"namespace": "{{TestPods.Target.Namespace}}"}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await Client.PostAsync("/gameserverallocation", body, Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using JsonDocument server = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
            JsonElement annotations = server.RootElement.GetProperty("metadata").GetProperty("annotations");
            return (server.RootElement.GetProperty("source").GetString()!, annotations.GetProperty("berth.dev/reservation").GetString()!);
        }

        public Task WaitAsync(string wanted) => Wait.ForAsync(
            wanted, async token => await ReadAsync(token) is var now && now == wanted ? now : null, Token);

        public async ValueTask DisposeAsync()
        {
            Client?.Dispose();
            if (_server is not null)
                await _server.DisposeAsync();
            await _clusters.DisposeAsync();
            foreach (IAsyncDisposable desk in _servers)
                await desk.DisposeAsync();
            _desks.ForEach(static desk => desk.Dispose());
            _meter.Dispose();
            _folder.Dispose();
        }

        private static PodEndpoint PodAt(string cluster, string address) => PodEndpoint.Create(
            "service-b-0", TestPods.Target.Namespace, [IPAddress.Parse(address)], [new EndpointPort("", 3000)], 0, cluster,
            cluster: cluster);

        private async Task StartDeskAsync(string keys, string address)
        {
            SeatDesk desk = new(new SeatDeskOptions
            {
                Pod = PodIdentity.FromEnvironment(static variable => variable switch
                {
                    PodIdentity.NameVariable => "service-b-0",
                    PodIdentity.NamespaceVariable => TestPods.Target.Namespace,
                    _ => null,
                }),
                Capacity = 1,
                KeyFile = keys,
            });
            _desks.Add(desk);
            _servers.Add(await SeatDeskServer.StartAsync(desk, new IPEndPoint(IPAddress.Parse(address), _port), Token));
        }

        private async Task<string> ReadAsync(CancellationToken token)
        {
            using JsonDocument page = JsonDocument.Parse(await Client.GetStringAsync(Path, token));
            return string.Join(", ", page.RootElement.GetProperty("pods").EnumerateArray().Select(Tell));
        }

        private static string Tell(JsonElement pod)
        {
            int free = pod.TryGetProperty("free", out JsonElement stated) ? stated.GetInt32() : -1;
            return $"{pod.GetProperty("cluster").GetString()} {free} free";
        }
    }
}
