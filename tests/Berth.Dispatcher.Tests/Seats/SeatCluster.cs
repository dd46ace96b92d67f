using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Berth.Seats;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>Desks on loopback, and a dispatcher that reserves their seats, over real connections and the system's clock.</summary>
internal sealed class SeatCluster : IAsyncDisposable
{
    public const string Path = "/v1/seats/k8s-example2/service-b";

    private readonly PushableSource _source = new();
    private readonly TestFolder _folder = new();
    private readonly EndpointDirectory _directory;
    private readonly Meter _meter = new("Berth");
    private readonly int _deskBase;
    private readonly int _pods;
    private readonly string? _tlsName;
    private readonly TestAuthority _authority = new();

    private SeatCluster(int pods, string? tlsName, bool lastResort)
    {
        _tlsName = tlsName;
        if (tlsName is not null)
            WriteCertificate(tlsName);
        _pods = pods;
        _deskBase = FreePorts.Take(pods);
        _directory = new EndpointDirectory(_source, new EndpointDirectoryOptions { LastResort = lastResort });
        KeyFile = _folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32]));
        Desks = new SeatDesk?[pods];
        Servers = new SeatDeskServer?[pods];
    }

    public string KeyFile { get; }

    public SeatDesk?[] Desks { get; }

    public SeatDeskServer?[] Servers { get; }

    public DispatcherServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts pods with a desk each, and a dispatcher that has heard of all desks.</summary>
    public static async Task<SeatCluster> StartAsync(
        int pods, int seats, SeatPolicy policy = SeatPolicy.LowestOrdinal, Func<int, bool>? hasDesk = null,
        IReadOnlyList<string>? origins = null, bool picksBySeats = false, string? tlsName = null,
        bool lastResort = false)
    {
        SeatCluster cluster = new(pods, tlsName, lastResort);
        try
        {
            for (int i = 0; i < pods; i++)
            {
                if (hasDesk?.Invoke(i) != false)
                    await cluster.StartDeskAsync(i, seats);
            }

            (cluster.Server, cluster.Client) = await cluster.StartDispatcherAsync(policy, origins: origins, picksBySeats: picksBySeats);
            await cluster.PublishAsync();
            int desks = cluster.Desks.Count(static desk => desk is not null);
            await cluster.WaitForAsync(page => page.GetProperty("capacity").GetInt32() == seats * desks);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task StartDeskAsync(int ordinal, int seats, string certificate = "tls")
    {
        Desks[ordinal] = new SeatDesk(new SeatDeskOptions
        {
            Pod = PodIdentity.FromEnvironment(variable => variable switch
            {
                PodIdentity.NameVariable => NameOf(ordinal),
                PodIdentity.NamespaceVariable => DispatcherFixture.B.Namespace,
                _ => null,
            }),
            Capacity = seats,
            KeyFile = KeyFile,
            CertificateFile = _tlsName is null ? null : _folder[certificate + ".crt"],
            CertificateKeyFile = _tlsName is null ? null : _folder[certificate + ".key"],
        });
        Servers[ordinal] = await SeatDeskServer.StartAsync(
            Desks[ordinal]!, new IPEndPoint(IPAddress.Loopback, _deskBase + ordinal), Cancelled);
    }

    /// <summary>Writes a certificate for desks of a name.</summary>
    public void WriteCertificate(string name, string file = "tls")
    {
        using X509Certificate2 certificate = _authority.Server(name);
        _folder.Write("ca.pem", _authority.Pem);
        _folder.Write(file + ".crt", certificate.ExportCertificatePem());
        _folder.Write(file + ".key", TestAuthority.KeyPem(certificate));
    }

    /// <summary>Ends a desk as a killed process does: its connections are cut, and its book is gone.</summary>
    public async Task KillDeskAsync(int ordinal)
    {
        await Servers[ordinal]!.DisposeAsync();
        Desks[ordinal]!.Dispose();
        Servers[ordinal] = null;
        Desks[ordinal] = null;
    }

    public async Task<(DispatcherServer Server, HttpClient Client)> StartDispatcherAsync(
        SeatPolicy policy = SeatPolicy.LowestOrdinal, int maxWaiting = 1000, IReadOnlyList<string>? origins = null,
        bool picksBySeats = false, TimeProvider? time = null)
    {
        DispatcherServer server = await DispatcherServer.StartAsync(
            _directory,
            new DispatcherOptions
            {
                Targets = [new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports)],
                Urls = ["http://127.0.0.1:0"],
                Page = true,
                CorsOrigins = origins ?? [],
                Seats = new DispatcherSeatOptions
                {
                    DeskPorts = PortScheme.PerOrdinal(_deskBase),
                    KeyFile = KeyFile,
                    Policy = policy,
                    PicksBySeats = picksBySeats,
                    DeskCaFile = _tlsName is null ? null : _folder["ca.pem"],
                    DeskName = _tlsName,
                    MaxWaiting = maxWaiting,
                    AttemptTimeout = Wait.Limit,
                    Deadline = Wait.Limit,
                    // The most that a desk gives: no reservation ends in the middle of a test.
                    DefaultTtl = TimeSpan.FromMinutes(10),
                },
            },
            NullLoggerFactory.Instance, time ?? TimeProvider.System, _meter, Cancelled);
        return (server, new HttpClient { BaseAddress = new Uri(server.Addresses[0]), Timeout = Wait.Limit });
    }

    public Task PublishAsync(
        Func<int, bool>? isReady = null, int? count = null, Func<int, bool>? isTerminating = null) => _source.PublishAsync(
        _directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports),
        Enumerable.Range(0, count ?? _pods).Select(i => DispatcherFixture.Pod(
            i, "127.0.0.1", ready: isReady?.Invoke(i) != false, terminating: isTerminating?.Invoke(i) == true)),
        cancellationToken: Cancelled);

    /// <summary>Asks for seats. Returns the status and the body.</summary>
    public async Task<(int Status, JsonElement Body)> ReserveAsync(
        string body = """{"seats":1}""", string query = "", string? key = null, HttpClient? through = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Path + query)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await SendAsync(request, through);
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpRequestMessage request, HttpClient? through = null)
    {
        using HttpResponseMessage response = await (through ?? Client).SendAsync(request, Cancelled);
        string text = await response.Content.ReadAsStringAsync(Cancelled);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    /// <summary>Asks for a seat, and returns the pod that gives it.</summary>
    public async Task<string> ReservePodAsync(string body = """{"seats":1}""", string? key = null)
    {
        (int status, JsonElement answer) = await ReserveAsync(body, key: key);
        Assert.True(status == 201, answer.ToString());
        return answer.GetProperty("pod").GetString()!;
    }

    /// <summary>Asks for a seat, and takes it.</summary>
    public async Task<SeatSession> TakeAsync()
    {
        (int status, JsonElement answer) = await ReserveAsync();
        Assert.Equal(201, status);
        SeatDesk desk = Desks.First(desk => desk?.Pod == "k8s-example2/" + answer.GetProperty("pod").GetString())!;
        return desk.Redeem(answer.GetProperty("ticket").GetString());
    }

    /// <summary>Reads the page of seats until it meets a condition.</summary>
    public async Task<JsonElement> WaitForAsync(Func<JsonElement, bool> condition, HttpClient? through = null)
    {
        JsonElement page = default;
        await Wait.ForAsync(
            "the page of seats",
            async token =>
            {
                using HttpResponseMessage response = await (through ?? Client).GetAsync(Path, token);
                page = JsonDocument.Parse(await response.Content.ReadAsStringAsync(token)).RootElement.Clone();
                return condition(page) ? "" : null;
            },
            Cancelled);
        return page;
    }

    public static string NameOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"service-b-{ordinal}");

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
        await _directory.DisposeAsync();
        for (int i = 0; i < Desks.Length; i++)
        {
            if (Desks[i] is not null)
                await KillDeskAsync(i);
        }

        _meter.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }
}
