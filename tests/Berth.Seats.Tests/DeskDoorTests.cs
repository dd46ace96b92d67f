using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Seats.Clients;
using Berth.Seats.Server;
using Berth.Seats.Wire;
using Berth.TestKit;

namespace Berth.Seats.Tests;

/// <summary>The connections that strangers can hold of a desk: those without a request that shows a key.</summary>
public sealed class DeskDoorTests : IAsyncLifetime
{
    private readonly SeatFixture _fixture = new();
    private readonly HttpClient _http = SeatDeskClient.CreateHttp(Wait.Limit);
    private SeatDesk _desk = null!;
    private SeatDeskServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = _fixture.Create(connections: 2);
        _server = await SeatDeskServer.StartAsync(_desk, new IPEndPoint(IPAddress.Loopback, 0), SeatFixture.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _fixture.Dispose();
    }

    [Fact]
    public async Task F105_idle_strangers_never_keep_a_client_with_the_key_out()
    {
        List<Stranger> strangers = [];
        try
        {
            for (int i = 0; i < 3 * DeskDoor.MaxStrangers; i++)
                strangers.Add(await Stranger.ConnectAsync(_server.Address));
            Assert.Equal(4, (await Client(_http).GetStateAsync(SeatFixture.Cancelled)).Free);
            // Earlier ones have gone, in favour of those who came later. The desk may see neighbours in another order than they came.
            Task[] ends = [.. strangers.Select(static stranger => stranger.Ended)];
            while (true)
            {
                // Counted from the ones that are waited for: an end between a count and a wait would be waited for without end.
                Task[] open = [.. ends.Where(static end => !end.IsCompleted)];
                if (ends.Length - open.Length >= 2 * DeskDoor.MaxStrangers)
                    break;
                await Task.WhenAny(open).WaitAsync(Wait.Limit, SeatFixture.Cancelled);
            }

            Assert.All(strangers.TakeLast(DeskDoor.MaxStrangers / 2), static stranger => Assert.False(stranger.Ended.IsCompleted));
            for (int i = 0; i < 2 * DeskDoor.MaxStrangers; i++)
                strangers.Add(await Stranger.ConnectAsync(_server.Address));
            Assert.Equal(4, (await Client(_http).GetStateAsync(SeatFixture.Cancelled)).Free);
        }
        finally
        {
            strangers.ForEach(static stranger => stranger.Dispose());
        }
    }

    [Fact]
    public async Task Stranger_has_10_s_and_a_client_with_the_key_stays()
    {
        await using IAsyncEnumerator<StateMessage?> states =
            Client(_http).WatchAsync(SeatFixture.Cancelled).GetAsyncEnumerator(SeatFixture.Cancelled);
        Assert.True(await states.MoveNextAsync());
        await _fixture.Clock.WaitForTimerAsync(static due => due == DeskDoor.Patience, SeatFixture.Cancelled);
        using Stranger silent = await Stranger.ConnectAsync(_server.Address);
        await _fixture.Clock.WaitForTimerAsync(static due => due == DeskDoor.Patience, SeatFixture.Cancelled);
        using Stranger slow = await Stranger.ConnectAsync(_server.Address);
        await _fixture.Clock.WaitForTimerAsync(static due => due == DeskDoor.Patience, SeatFixture.Cancelled);
        await slow.SendAsync("GET /v1/keys HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.False(silent.Ended.IsCompleted || slow.Ended.IsCompleted);
        _fixture.Clock.Advance(DeskDoor.Patience);
        await silent.Ended.WaitAsync(Wait.Limit, SeatFixture.Cancelled);
        // A request without a key does not change that.
        await slow.Ended.WaitAsync(Wait.Limit, SeatFixture.Cancelled);
        _desk.Close();
        Task<bool> next = states.MoveNextAsync().AsTask();
        await Wait.ForAsync<object>(
            "the closed state",
            async _ =>
            {
                // The stream pauses between its events by this clock.
                _fixture.Clock.Advance(StateStream.Heartbeat);
                if (!next.IsCompleted)
                    return null;
                Assert.True(await next);
                if (states.Current?.Closed == true)
                    return this;
                next = states.MoveNextAsync().AsTask();
                return null;
            },
            SeatFixture.Cancelled);
    }

    [Fact]
    public async Task Connections_with_a_key_are_bounded_and_told_so()
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(SeatFixture.Cancelled);
        List<IAsyncEnumerator<StateMessage?>> streams = [];
        for (int i = 0; i < 2; i++)
        {
            streams.Add(Client(_http).WatchAsync(end.Token).GetAsyncEnumerator(end.Token));
            Assert.True(await streams[i].MoveNextAsync());
        }

        HttpRequestException exception = await Assert.ThrowsAsync<HttpRequestException>(
            () => Client(_http).GetStateAsync(SeatFixture.Cancelled));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, exception.StatusCode);
        Assert.Contains("its largest number of connections", exception.Message, StringComparison.Ordinal);
        await streams[0].DisposeAsync();
        StateMessage state = await Wait.ForAsync("a free connection", TryAskAsync, SeatFixture.Cancelled);
        Assert.Equal(4, state.Free);
        await streams[1].DisposeAsync();
    }

    private async Task<StateMessage?> TryAskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Client(_http).GetStateAsync(cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private SeatDeskClient Client(HttpClient http) => new(http, new Uri($"http://{_server.Address}/"), "games/lobby-0", _desk.Keys);

    /// <summary>A connection that sends nothing by itself, and notices its end.</summary>
    private sealed class Stranger : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public Task Ended { get; private set; } = Task.CompletedTask;

        public static async Task<Stranger> ConnectAsync(IPEndPoint desk)
        {
            Stranger stranger = new();
            await stranger._socket.ConnectAsync(desk, SeatFixture.Cancelled);
            stranger.Ended = stranger.ReadToEndAsync();
            return stranger;
        }

        public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.ASCII.GetBytes(text), SeatFixture.Cancelled);

        public void Dispose() => _socket.Dispose();

        private async Task ReadToEndAsync()
        {
            byte[] buffer = new byte[1024];
            try
            {
                while (await _socket.ReceiveAsync(buffer) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // Reset: an end too.
            }
        }
    }
}
