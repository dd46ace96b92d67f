using System.Net.Sockets;
using Berth.Seats;
using Berth.Seats.Books;
using Berth.TestKit;

namespace Berth.Echo.Tests;

/// <summary>The echo server with a desk: the first line of a client is its ticket.</summary>
public sealed class SeatTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SeatDesk _desk;

    public SeatTests() => _desk = new SeatDesk(new SeatDeskOptions
    {
        Pod = PodIdentity.FromEnvironment(static variable => variable == PodIdentity.NameVariable ? "service-b-0" : "games"),
        Capacity = 2,
        KeyFile = _folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32])),
    });

    public void Dispose()
    {
        _desk.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Client_with_a_ticket_is_let_in_until_it_leaves(string end)
    {
        await using EchoFixture fixture = Start();
        string local = $"127.0.0.1:{fixture.Port}";
        using (Socket socket = await fixture.ConnectAsync())
        {
            // Ticket and first line may come together.
            await EchoFixture.SendAsync(socket, Ticket() + end + "hello\n");
            await EchoFixture.ExpectAsync(socket, $"{local} seats 1\n{local} hello\n");
            Assert.Equal(1, _desk.State.Taken);
            await EchoFixture.SendAsync(socket, "again\n");
            await EchoFixture.ExpectAsync(socket, $"{local} again\n");
        }

        await Wait.ForAsync("the seat to be free", _ => Task.FromResult(_desk.State.Free == 2 ? _desk.State : null), EchoFixture.Cancelled);
    }

    [Fact]
    public async Task Client_with_a_ticket_in_pieces_is_let_in()
    {
        await using EchoFixture fixture = Start();
        using Socket socket = await fixture.ConnectAsync();
        string ticket = Ticket();
        await EchoFixture.SendAsync(socket, ticket[..20]);
        await EchoFixture.SendAsync(socket, ticket[20..]);
        await EchoFixture.SendAsync(socket, "\n");
        await EchoFixture.ExpectAsync(socket, $"127.0.0.1:{fixture.Port} seats 1\n");
    }

    [Theory]
    [InlineData("hello\n", "The text is not a ticket")]
    [InlineData("\n", "The text is not a ticket")]
    public async Task Client_without_a_ticket_gets_the_reason_and_the_end(string sent, string reason)
    {
        await using EchoFixture fixture = Start();
        using Socket socket = await fixture.ConnectAsync();
        await EchoFixture.SendAsync(socket, sent);
        string answer = await EchoFixture.ReadToEndAsync(socket);
        Assert.StartsWith($"127.0.0.1:{fixture.Port} refused: {reason}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_client_with_the_same_ticket_is_refused()
    {
        await using EchoFixture fixture = Start();
        string ticket = Ticket();
        using Socket first = await fixture.ConnectAsync();
        await EchoFixture.SendAsync(first, ticket + "\n");
        await EchoFixture.ExpectAsync(first, $"127.0.0.1:{fixture.Port} seats 1\n");
        using Socket second = await fixture.ConnectAsync();
        await EchoFixture.SendAsync(second, ticket + "\nhello\n");
        string answer = await EchoFixture.ReadToEndAsync(second);
        Assert.Contains("refused: The ticket has been redeemed before", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", answer, StringComparison.Ordinal);
        Assert.Equal(1, _desk.State.Taken);
    }

    [Fact]
    public async Task Client_that_shows_nothing_is_left_after_a_while()
    {
        TestClock clock = new();
        await using EchoFixture fixture = Start(clock);
        using Socket socket = await fixture.ConnectAsync();
        await clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(10), EchoFixture.Cancelled);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("", await EchoFixture.ReadToEndAsync(socket));
    }

    private EchoFixture Start(TimeProvider? time = null) =>
        EchoFixture.Start(port => new EchoOptions { Port = port, Desk = _desk }, time: time);

    private string Ticket() => _desk.Reserve(new SeatRequest(1, TimeSpan.FromMinutes(1))).Ticket!;
}
