using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Berth.Seats.Clients;
using Berth.Seats.Wire;
using Berth.TestKit;

namespace Berth.Seats.Tests;

/// <summary>The desk over HTTP: its client, its routes, and what strangers get.</summary>
public sealed class DeskServerTests : IAsyncLifetime
{
    private readonly SeatFixture _fixture = new();
    private readonly HttpClient _http = SeatDeskClient.CreateHttp(Wait.Limit);
    private SeatDesk _desk = null!;
    private SeatDeskServer _server = null!;
    private SeatDeskClient _client = null!;

    private Uri Url => new($"http://{_server.Address}/");

    public async ValueTask InitializeAsync()
    {
        _desk = _fixture.Create(time: TimeProvider.System);
        _server = await SeatDeskServer.StartAsync(_desk, new IPEndPoint(IPAddress.Loopback, 0), SeatFixture.Cancelled);
        _client = new SeatDeskClient(_http, Url, "games/lobby-0", _desk.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Seats_are_reserved_renewed_redeemed_and_released_over_http()
    {
        IReadOnlyList<SeatMessage> seats = (await _client.ReserveAsync(
            [new ReserveMessage(1, 30, "a", "one"), new ReserveMessage(1, 30, "a", "one"), new ReserveMessage(9, 30)],
            SeatFixture.Cancelled)).Results;
        Assert.Equal(seats[0].Reservation, seats[1].Reservation);
        Assert.Equal("full", seats[2].Refused);
        Assert.Equal(1, _desk.State.Reserved);
        SeatMessage renewed = await _client.RenewAsync(seats[0].Reservation!, 60, SeatFixture.Cancelled);
        Assert.InRange(renewed.Ttl!.Value, 50, 60);
        (int status, JsonElement session) = await SendAsync(HttpMethod.Post, "v1/redeem", $$"""{"ticket":"{{renewed.Ticket}}"}""");
        Assert.Equal((200, "a"), (status, session.GetProperty("key").GetString()));
        Assert.Equal(1, _desk.State.Taken);
        (status, JsonElement problem) = await SendAsync(HttpMethod.Post, "v1/redeem", $$"""{"ticket":"{{renewed.Ticket}}"}""");
        Assert.Equal((409, "urn:berth:problem:replayed"), (status, problem.GetProperty("type").GetString()));
        Assert.Equal(SeatRefusal.None, await _client.ReleaseAsync(session.GetProperty("session").GetString()!, SeatFixture.Cancelled));
        Assert.Equal(SeatRefusal.None, await _client.ReleaseAsync(session.GetProperty("session").GetString()!, SeatFixture.Cancelled));
        Assert.Equal(SeatRefusal.Unknown, await _client.ReleaseAsync(new string('0', 32), SeatFixture.Cancelled));
        Assert.Equal(4, (await _client.GetStateAsync(SeatFixture.Cancelled)).Free);
    }

    [Fact]
    public async Task Refusal_of_a_value_names_its_range()
    {
        IReadOnlyList<SeatMessage> seats = (await _client.ReserveAsync(
            [new ReserveMessage(101, 30), new ReserveMessage(0, 30), new ReserveMessage(1, 0.05), new ReserveMessage(1, 601)],
            SeatFixture.Cancelled)).Results;
        Assert.Equal(
            ["seats-out-of-range", "seats-out-of-range", "ttl-out-of-range", "ttl-out-of-range"],
            seats.Select(static seat => seat.Refused));
        Assert.Equal("One client may have 1 to 100 seats. Ask for another number.", seats[0].Detail);
        Assert.Equal("A client may have 0.1 s to 600 s to come. Give a ttl in this range.", seats[3].Detail);
    }

    [Fact]
    public async Task Desk_is_closed_opened_and_resized_over_http()
    {
        Assert.True((await _client.SetClosedAsync(true, SeatFixture.Cancelled)).Closed);
        Assert.Equal("closed", (await _client.ReserveAsync([new ReserveMessage(1, 30)], SeatFixture.Cancelled)).Results[0].Refused);
        Assert.False((await _client.SetClosedAsync(false, SeatFixture.Cancelled)).Closed);
        (int status, JsonElement state) = await SendAsync(HttpMethod.Put, "v1/capacity", """{"capacity":9}""");
        Assert.Equal((200, 9), (status, state.GetProperty("free").GetInt32()));
    }

    [Fact]
    public async Task Stream_gives_the_state_at_once_and_after_each_change_with_its_keys()
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(SeatFixture.Cancelled);
        await using IAsyncEnumerator<StateMessage?> states = _client.WatchAsync(end.Token).GetAsyncEnumerator(end.Token);
        Assert.Equal(4, (await NextAsync(states, static _ => true)).Free);
        await _client.ReserveAsync([new ReserveMessage(2, 30, null, "one")], SeatFixture.Cancelled);
        // A key may come one state before the one that counts its seats.
        List<byte> keys = [];
        await NextAsync(states, state =>
        {
            keys.AddRange(state.Keys ?? []);
            return state.Free == 2;
        });
        Assert.Equal(8, keys.Count);
        _desk.Close();
        Assert.True((await NextAsync(states, static state => state.Closed)).Closed);
        _desk.Dispose();
        Assert.False(await HasMoreAsync(states));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer ")]
    [InlineData("Bearer new.AAAA")]
    [InlineData("Basic bmV3")]
    [InlineData("Bearer MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")]
    public async Task Client_without_the_key_gets_nothing(string? authorization)
    {
        foreach (string path in new[] { "v1/state", "v1/watch", "v1/reservations", "v1/nothing", "" })
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Url, path));
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using HttpResponseMessage response = await _http.SendAsync(request, SeatFixture.Cancelled);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.True(response.Headers.ConnectionClose);
        }
    }

    [Fact]
    public async Task Token_of_one_pod_does_not_open_the_desk_of_another()
    {
        SeatDeskClient other = new(_http, Url, "games/lobby-1", _desk.Keys);
        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(() => other.GetStateAsync(SeatFixture.Cancelled));
        Assert.Equal(HttpStatusCode.Unauthorized, exception.StatusCode);
    }

    [Fact]
    public async Task Client_with_a_newer_key_tries_the_older_one()
    {
        using SeatFixture newer = new();
        newer.WriteKeys($"newer={SeatFixture.OtherSecret}\nnew={SeatFixture.Secret}\n");
        SeatDeskClient client = new(_http, Url, "games/lobby-0", newer.Create().Keys);
        Assert.Equal(4, (await client.GetStateAsync(SeatFixture.Cancelled)).Free);
        Assert.Null((await client.ReserveAsync([new ReserveMessage(1, 30)], SeatFixture.Cancelled)).Results[0].Refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"requests":null}""")]
    [InlineData("""{"requests":[]}""")]
    [InlineData("""{"requests":[null]}""")]
    [InlineData("""{"requests":[{"seats":1}]}""")]
    [InlineData("""{"requests":[{"seats":"1","ttl":30}]}""")]
    [InlineData("""{"requests":[{"seats":1.5,"ttl":30}]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":30,"colour":"red"}]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":30,"idempotencyKey":""}]}""")]
    [InlineData("""{"requests":[{"seats":1,"ttl":30}]} x""")]
    public async Task Body_that_is_no_request_is_refused_and_takes_nothing(string body)
    {
        (int status, JsonElement problem) = await SendAsync(HttpMethod.Post, "v1/reservations", body);
        Assert.Equal((400, "urn:berth:problem:malformed-request"), (status, problem.GetProperty("type").GetString()));
        Assert.EndsWith(".", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _desk.State.Reserved);
    }

    [Theory]
    [InlineData("POST", "v1/state", 405)]
    [InlineData("GET", "v1/reservations", 405)]
    [InlineData("GET", "v1/redeem", 405)]
    [InlineData("GET", "v1/nothing", 404)]
    [InlineData("DELETE", "v1/reservations/xyz", 404)]
    [InlineData("POST", "v1/reservations/00000000000000000000000000000000", 405)]
    [InlineData("DELETE", "v1/reservations/00000000000000000000000000000000/renew", 405)]
    [InlineData("DELETE", "v1/reservations/a/b/c", 404)]
    public async Task Other_routes_and_methods_are_problems(string method, string path, int status) =>
        Assert.Equal(status, (await SendAsync(new HttpMethod(method), path, null)).Status);

    [Fact]
    public async Task Body_that_is_too_large_is_refused()
    {
        string body = "{\"requests\":[" + new string(' ', 300_000) + "]}";
        Assert.Equal(413, (await SendAsync(HttpMethod.Post, "v1/reservations", body)).Status);
    }

    [Fact]
    public async Task Batch_above_its_limit_is_refused_as_a_whole()
    {
        ReserveMessage[] many = [.. Enumerable.Repeat(new ReserveMessage(1, 30), ReserveBatch.MaxRequests + 1)];
        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(
            () => _client.ReserveAsync(many, SeatFixture.Cancelled));
        Assert.Contains("257 requests", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, _desk.State.Reserved);
    }

    [Fact]
    public async Task Public_keys_need_no_key_and_have_no_secret()
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Url, "v1/keys"), SeatFixture.Cancelled);
        Assert.Equal("{\"keys\":[]}", await response.Content.ReadAsStringAsync(SeatFixture.Cancelled));
    }

    [Fact]
    public async Task Address_that_is_taken_is_reported_in_a_sentence()
    {
        IOException exception = await Assert.ThrowsAsync<IOException>(
            () => SeatDeskServer.StartAsync(_desk, _server.Address, SeatFixture.Cancelled));
        Assert.Contains($"cannot listen on {_server.Address}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposed_server_ends_its_streams_and_refuses_connections()
    {
        IAsyncEnumerator<StateMessage?> states = _client.WatchAsync(SeatFixture.Cancelled).GetAsyncEnumerator(SeatFixture.Cancelled);
        Assert.True(await states.MoveNextAsync());
        await _server.DisposeAsync();
        Assert.False(await HasMoreAsync(states));
        await states.DisposeAsync();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(_server.Address, SeatFixture.Cancelled).AsTask());
    }

    private static async Task<StateMessage> NextAsync(IAsyncEnumerator<StateMessage?> states, Func<StateMessage, bool> condition)
    {
        while (await states.MoveNextAsync().AsTask().WaitAsync(TestKit.Wait.Limit, SeatFixture.Cancelled))
        {
            if (states.Current is { } state && condition(state))
                return state;
        }

        throw new InvalidOperationException("The stream ended.");
    }

    private static async Task<bool> HasMoreAsync(IAsyncEnumerator<StateMessage?> states)
    {
        try
        {
            while (await states.MoveNextAsync().AsTask().WaitAsync(TestKit.Wait.Limit, SeatFixture.Cancelled))
            {
                if (states.Current is not null)
                    return true;
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // Cut instead of ended: there is no more either way.
        }

        return false;
    }

    private async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body)
    {
        using HttpRequestMessage request = new(method, new Uri(Url, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue(
            "Bearer", _desk.Keys.Current.Shared[0].TokenFor("games/lobby-0"));
        using HttpResponseMessage response = await _http.SendAsync(request, SeatFixture.Cancelled);
        string text = await response.Content.ReadAsStringAsync(SeatFixture.Cancelled);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }
}
