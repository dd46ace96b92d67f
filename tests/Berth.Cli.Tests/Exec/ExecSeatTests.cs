using System.Net.Http.Headers;
using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary><c>berth exec --seats</c>: a desk next to a server that knows it only by its variables.</summary>
public sealed class ExecSeatTests : IDisposable
{
    private const string Traps = "trap 'exit 5' TERM; trap 'echo alive' USR1; echo $BERTH_POD_DESK $BERTH_POD_DESK_TOKEN; ";

    private readonly TestFolder _folder = new();
    private readonly HttpClient _http = new();
    private string _desk = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Taken_seat_delays_the_signal_until_its_session_ends()
    {
        await using BerthProcess process = await StartAsync();
        string session = await TakeSeatAsync();
        process.Signal(BerthProcess.Terminate);
        await WaitForCloseAsync();
        // It would have ended by now, if the signal had come before this one.
        process.Signal(10);
        await ExecRun.WakeUntilAsync(_folder["pipe"], () => process.Out.Text.Split('\n').Contains("alive"), "the trap of USR1");
        (await SendAsync(HttpMethod.Delete, "/v1/reservations/" + session)).Dispose();
        Assert.Equal(5, (await ExecRun.WaitForEndAsync(process, _folder["pipe"])).ExitCode);
    }

    [Fact]
    public async Task Second_signal_is_sent_on_at_once()
    {
        await using BerthProcess process = await StartAsync();
        await TakeSeatAsync();
        process.Signal(BerthProcess.Terminate);
        await WaitForCloseAsync();
        process.Signal(BerthProcess.Terminate);
        Assert.Equal(5, (await ExecRun.WaitForEndAsync(process, _folder["pipe"])).ExitCode);
    }

    [Fact]
    public async Task Reservation_of_a_client_on_its_way_is_waited_for_up_to_the_drain()
    {
        await using BerthProcess process = await StartAsync("200ms");
        (await ReserveAsync()).Dispose();
        process.Signal(BerthProcess.Terminate);
        Assert.Equal(5, (await ExecRun.WaitForEndAsync(process, _folder["pipe"])).ExitCode);
    }

    [Fact]
    public async Task Server_that_ends_by_itself_ends_the_desk_with_its_code()
    {
        await using BerthProcess process = await StartAsync();
        await TakeSeatAsync();
        process.Signal(12);
        Assert.Equal(128 + 12, (await process.WaitForEndAsync()).ExitCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(_desk + "/v1/keys", Cancelled));
    }

    private async Task<BerthProcess> StartAsync(string drain = "10m")
    {
        _folder.Write("keys", "k1=" + Convert.ToBase64String(new byte[32]) + "\n");
        BerthProcess process = BerthProcess.Start(
            Programs.Managed, ExecRun.Pod(), "exec", "--base-port", ExecRun.FreeBase(), "--seats", "2", "--seat-keys", _folder["keys"],
            "--desk-base-port", ExecRun.FreeBase(), "--drain", drain, "--", "sh", "-c", Traps + ExecRun.WaitingShell, _folder["pipe"]);
        await process.Out.WaitForLineAsync(static line => line == "ready");
        string[] words = process.Out.Text.Split('\n')[0].Split(' ');
        _desk = words[0];
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", words[1]);
        return process;
    }

    /// <summary>Reserves a seat and redeems its ticket, as a server in any language does. Returns the session.</summary>
    private async Task<string> TakeSeatAsync()
    {
        using JsonDocument reserved = await ReserveAsync();
        string ticket = reserved.RootElement.GetProperty("results")[0].GetProperty("ticket").GetString()!;
        using JsonDocument redeemed = await SendAsync(HttpMethod.Post, "/v1/redeem", $$"""{"ticket":"{{ticket}}"}""");
        return redeemed.RootElement.GetProperty("session").GetString()!;
    }

    private Task<JsonDocument> ReserveAsync() =>
        SendAsync(HttpMethod.Post, "/v1/reservations", """{"requests":[{"seats":1,"ttl":600}]}""");

    private async Task WaitForCloseAsync() => await Wait.ForAsync<object>(
        "the drain",
        async _ =>
        {
            using JsonDocument state = await SendAsync(HttpMethod.Get, "/v1/state");
            return state.RootElement.GetProperty("closed").GetBoolean() ? this : null;
        },
        Cancelled);

    private async Task<JsonDocument> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, _desk + path) { Content = body is null ? null : new StringContent(body) };
        using HttpResponseMessage response = await _http.SendAsync(request, Cancelled);
        string text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text.Length == 0 ? "{}" : text);
    }
}
