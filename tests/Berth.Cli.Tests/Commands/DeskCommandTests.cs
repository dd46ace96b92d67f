using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Cli.Tests.Running;
using Berth.Seats;
using Berth.Seats.Books;
using Berth.Seats.Clients;
using Berth.Seats.Keys;
using Berth.Seats.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Cli.Tests.Commands;

/// <summary><c>berth seats</c> and <c>berth drain</c> against a real desk.</summary>
public sealed class DeskCommandTests : IAsyncLifetime
{
    private const string Pod = "games/lobby-0";

    private readonly TestFolder _folder = new();
    private SeatDesk _desk = null!;
    private SeatDeskServer _server = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Keys => _folder["keys"];

    public async ValueTask InitializeAsync()
    {
        _desk = new SeatDesk(new SeatDeskOptions
        {
            Pod = PodIdentity.FromEnvironment(static name => name == PodIdentity.NameVariable ? "lobby-0" : "games"),
            Capacity = 4,
            KeyFile = _folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32])),
        });
        _server = await SeatDeskServer.StartAsync(_desk, new IPEndPoint(IPAddress.Loopback, 0), Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _desk.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Close_and_open_change_the_desk_and_show_its_seats()
    {
        using SeatSession session = TakeSeat();
        BerthResult result = await SetAsync("close");
        result.AssertOk();
        Assert.Equal("games/lobby-0 is closed: 1 seats taken, 0 reserved of 4.", result.Out);
        Assert.True(_desk.State.IsClosed);
        (await SetAsync("open")).AssertOk();
        Assert.False(_desk.State.IsClosed);
        Assert.Equal(1, _desk.State.Taken);
    }

    [Fact]
    public async Task Close_and_open_without_a_name_are_for_the_pod_itself()
    {
        // As kubectl exec runs them: the pod's variables say which desk it is.
        Dictionary<string, string> pod = new(Environment())
        {
            ["BERTH_SEAT_KEYS"] = Keys,
            ["BERTH_DESK_BASE_PORT"] = Text(_server.Address.Port),
            ["BERTH_DESK_ADDRESS"] = "127.0.0.1",
        };
        (await BerthProcess.RunAsync(Programs.Any, pod, "seats", "close")).AssertOk();
        Assert.True(_desk.State.IsClosed);
        (await BerthProcess.RunAsync(Programs.Any, pod, "seats", "open")).AssertOk();
        Assert.False(_desk.State.IsClosed);
        (await BerthProcess.RunAnyAsync("seats", "close", "--seat-keys", Keys)).AssertRefused(2, "POD_NAME is not set");
        (await BerthProcess.RunAnyAsync("seats", "close", Pod, "--seat-keys", Keys)).AssertRefused(2, "Give --desk");
    }

    [Fact]
    public async Task Desk_of_another_pod_or_with_other_keys_is_not_closed()
    {
        string other = _folder.Write("other", "one=" + Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)]));
        (await SetAsync("close", keys: other)).AssertRefused(3, "status 401", "both sides have the same keys");
        (await SetAsync("close", pod: "games/lobby-1")).AssertRefused(3, "status 401", "the desk of this pod");
        (await SetAsync("close", keys: _folder["none"])).AssertRefused(2, _folder["none"]);
        (await SetAsync("close", pod: "lobby-0")).AssertRefused(2, "Write it as NAMESPACE/POD");
        Assert.False(_desk.State.IsClosed);
        await _server.DisposeAsync();
        (await SetAsync("close")).AssertRefused(3, "did not answer", "Check its address.");
    }

    [Fact]
    public async Task Show_prints_the_seats_of_each_pod()
    {
        const string Page = """
            {"target":"games/lobby","capacity":8,"free":3,"reserved":1,"taken":4,"waiting":0,"pods":[
            {"pod":"lobby-0","authority":"10.0.0.7:3000","desk":"open","capacity":8,"free":3,"reserved":1,"taken":4},
            {"pod":"lobby-1","authority":"10.0.0.8:3001","desk":"silent"}]}
            """;
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(static () => Page);
        BerthResult result = await BerthProcess.RunAnyAsync("seats", "show", "games/lobby", "--url", serviceA.Url);
        result.AssertOk();
        Assert.Equal(
            """
            POD      ADDRESS        DESK    CAPACITY  FREE  RESERVED  TAKEN
            lobby-0  10.0.0.7:3000  open    8         3     1         4
            lobby-1  10.0.0.8:3001  silent  -         -     -         -
            """,
            string.Join('\n', result.Out.Split('\n').Select(static line => line.TrimEnd())));
        Assert.Equal(result.Out, (await BerthProcess.RunAnyAsync("seats", "games/lobby", "--url", serviceA.Url)).Out);
        result = await BerthProcess.RunAnyAsync("seats", "show", "games/lobby", "--url", serviceA.Url, "-o", "json");
        Assert.Equal(Page.Split('\n'), result.Out.Split('\n'));
    }

    [Theory]
    [InlineData("""{"type":"urn:berth:problem:unknown-route","title":"t","status":404,"detail":"There is nothing."}""", 404, 1, "nothing")]
    [InlineData("<html>", 200, 2, "is not service A")]
    [InlineData("[]", 200, 2, "is not service A")]
    [InlineData("{}", 200, 1, "it has no seats")]
    public async Task Show_says_why_there_are_no_seats(string answer, int status, int exitCode, string words)
    {
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(() => answer, status);
        BerthResult result = await BerthProcess.RunAnyAsync("seats", "show", "games/lobby", "--url", serviceA.Url);
        result.AssertRefused(exitCode, words);
    }

    [Fact]
    public async Task Drain_closes_the_desk_and_ends_with_the_last_session()
    {
        SeatSession session = TakeSeat();
        string onItsWay = Reserve();
        await using BerthProcess drain = StartDrain("10m");
        await WaitForCloseAsync();
        Task<BerthResult> ended = drain.WaitForEndAsync();
        session.Dispose();
        // A client with a ticket still comes in, and is waited for.
        SeatSession late = _desk.Redeem(onItsWay);
        Assert.Equal(SeatRefusal.Closed, _desk.Reserve(new SeatRequest(1, TimeSpan.FromSeconds(30))).Answer.Refusal);
        Assert.False(ended.IsCompleted);
        late.Dispose();
        (await ended).AssertOk();
    }

    [Fact]
    public async Task Drain_without_sessions_ends_at_once_and_leaves_the_desk_closed()
    {
        await using BerthProcess drain = StartDrain("10m");
        (await drain.WaitForEndAsync()).AssertOk();
        Assert.True(_desk.State.IsClosed);
    }

    [Fact]
    public async Task Drain_says_what_is_left_when_its_time_is_up()
    {
        using SeatSession session = TakeSeat();
        await using BerthProcess drain = StartDrain("200ms");
        (await drain.WaitForEndAsync()).AssertRefused(1, "After 200ms seats are still in use: 1 taken, 0 reserved.", "--drain");
    }

    [Fact]
    public async Task Drain_without_a_desk_or_without_keys_says_so()
    {
        await _server.DisposeAsync();
        await using BerthProcess drain = StartDrain("10m");
        (await drain.WaitForEndAsync()).AssertRefused(3, "did not answer");
        BerthResult result = await BerthProcess.RunAsync(Programs.Any, Environment(), "drain");
        result.AssertRefused(2, "Give --seat-keys.");
    }

    [Fact]
    public async Task Echo_with_a_session_drains_at_a_signal()
    {
        int port = FreePorts.Take();
        string deskPort = Text(FreePorts.Take());
        await using BerthProcess echo = BerthProcess.Start(
            Programs.Any, Environment(), "echo", "--base-port", Text(port), "--seats", "2", "--seat-keys", Keys, "--desk-base-port",
            deskPort, "--drain", "10m");
        using HttpClient http = SeatDeskClient.CreateHttp(Wait.Limit);
        SeatDeskClient desk = new(
            http, new Uri($"http://127.0.0.1:{deskPort}/"), Pod, new SeatKeyFile(Keys, TimeProvider.System, NullLogger.Instance));
        await Wait.ForAsync<StateMessage>("the desk", async token => await desk.GetStateAsync(token), Cancelled);
        ReserveResults reserved = await desk.ReserveAsync([new ReserveMessage(1, 60)], Cancelled);
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancelled);
        await using NetworkStream stream = client.GetStream();
        using StreamReader reader = new(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(reserved.Results[0].Ticket + "\n"), Cancelled);
        Assert.EndsWith(" seats 1", await reader.ReadLineAsync(Cancelled), StringComparison.Ordinal);
        echo.Signal(BerthProcess.Terminate);
        await Wait.ForAsync(
            "the drain", async token => await desk.GetStateAsync(token) is { Closed: true } closed ? closed : null, Cancelled);
        await stream.WriteAsync("still here\n"u8.ToArray(), Cancelled);
        Assert.EndsWith(" still here", await reader.ReadLineAsync(Cancelled), StringComparison.Ordinal);
        client.Close();
        (await echo.WaitForEndAsync()).AssertOk();
    }

    [Fact]
    public async Task Desk_with_tls_is_closed_and_drained_by_its_ca_and_name()
    {
        using TestAuthority authority = new();
        using System.Security.Cryptography.X509Certificates.X509Certificate2 certificate = authority.Server("desk.games");
        string[] trust = ["--desk-ca", _folder.Write("ca.pem", authority.Pem), "--desk-name", "desk.games"];
        string deskPort = Text(FreePorts.Take());
        string desk = "127.0.0.1:" + deskPort;
        string[] keys = ["--seat-keys", Keys];
        await using BerthProcess echo = BerthProcess.Start(
            Programs.Managed, Environment(), [
                "echo", "--base-port", Text(FreePorts.Take(1)), "--seats", "2", .. keys, "--desk-base-port", deskPort,
                "--seats-tls-cert", _folder.Write("tls.crt", certificate.ExportCertificatePem()),
                "--seats-tls-key", _folder.Write("tls.key", TestAuthority.KeyPem(certificate)),
            ]);
        await echo.Error.WaitForLineAsync(static line => line.Contains("The desk of games/lobby-0 listens", StringComparison.Ordinal));
        (await BerthProcess.RunAnyAsync(["seats", "close", Pod, "--desk", desk, .. keys, .. trust])).AssertOk();
        (await BerthProcess.RunAnyAsync(["seats", "open", Pod, "--desk", desk, .. keys, .. trust[..2]]))
            .AssertRefused(3, "did not answer");
        (await BerthProcess.RunAnyAsync(["seats", "open", Pod, "--desk", desk, .. keys])).AssertRefused(3, "did not answer");
        (await BerthProcess.RunAnyAsync(["seats", "open", Pod, "--desk", desk, .. keys, .. trust[2..]]))
            .AssertRefused(2, "--desk-name has no meaning without TLS");
        await using BerthProcess drain = BerthProcess.Start(
            Programs.Managed, Environment(), ["drain", .. keys, "--desk-base-port", deskPort, .. trust]);
        (await drain.WaitForEndAsync()).AssertOk();
        echo.Signal(BerthProcess.Terminate);
        (await echo.WaitForEndAsync()).AssertOk();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Environment() => new() { ["POD_NAME"] = "lobby-0", ["POD_NAMESPACE"] = "games" };

    private async Task WaitForCloseAsync()
    {
        while (_desk.State is { IsClosed: false } open)
            await _desk.WaitForChangeAsync(open).WaitAsync(Wait.Limit, Cancelled);
    }

    private Task<BerthResult> SetAsync(string command, string pod = Pod, string? keys = null) => BerthProcess.RunAnyAsync(
        "seats", command, pod, "--desk", _server.Address.ToString(), "--seat-keys", keys ?? Keys);

    private BerthProcess StartDrain(string limit) => BerthProcess.Start(
        Programs.Any, Environment(), "drain", "--seat-keys", Keys, "--desk-base-port", Text(_server.Address.Port), "--drain", limit);

    private string Reserve() => _desk.Reserve(new SeatRequest(1, TimeSpan.FromMinutes(5))).Ticket!;

    private SeatSession TakeSeat() => _desk.Redeem(Reserve());
}
