using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.FirstLook;
using Berth.TestKit;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>The transport alone: the test is Kestrel. It runs on Linux.</summary>
public sealed class FirstLookTests
{
    private const string Kept = FixedAnswers.Kept;
    private const string Last = FixedAnswers.Last;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_plain_request_is_answered_and_never_accepted(int threads)
    {
        await using FirstLookFixture fixture = new(threads);
        for (int i = 0; i < 50; i++)
        {
            using Socket client = await fixture.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(Last), Cancelled);
            Assert.Equal(FixedAnswers.Answer, await ReadToEndAsync(client));
        }

        Assert.Equal(50, fixture.Answers.Count);
        Assert.False(fixture.Accepted.IsCompleted);
    }

    [Fact]
    public async Task A_second_request_of_a_connection_is_handed_over_unread()
    {
        await using FirstLookFixture fixture = new();
        using Socket client = await fixture.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(Kept), Cancelled);
        await ReadAsync(client, FixedAnswers.Answer.Length);

        await client.SendAsync(Encoding.ASCII.GetBytes(Kept), Cancelled);

        ConnectionContext connection = await fixture.AcceptAsync();
        Assert.Equal(Kept, await ReadAsync(connection, Kept.Length));
        Assert.Equal(1, fixture.Answers.Count);
        // It may go on with plain requests.
        Assert.False(NotPlain.IsMarked(connection));
    }

    [Theory]
    [InlineData("G")]
    [InlineData("\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task Other_bytes_are_handed_over_unread(string bytes)
    {
        await using FirstLookFixture fixture = new();
        using Socket client = await fixture.ConnectAsync();

        await client.SendAsync(Encoding.ASCII.GetBytes(bytes), Cancelled);

        ConnectionContext connection = await fixture.AcceptAsync();
        Assert.Equal(bytes, await ReadAsync(connection, bytes.Length));
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        Assert.True(connection.Features.Get<IConnectionSocketFeature>()!.Socket.NoDelay);
        Assert.True(NotPlain.IsMarked(connection));
        await connection.Transport.Output.WriteAsync("seen"u8.ToArray(), Cancelled);
        Assert.Equal("seen", await ReadAsync(client, 4));
    }

    [Fact]
    public async Task A_client_that_goes_without_a_question_is_closed()
    {
        await using FirstLookFixture fixture = new();
        using Socket client = await fixture.ConnectAsync();

        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await ReadToEndAsync(client));
        Assert.False(fixture.Accepted.IsCompleted);
    }

    [Fact]
    public async Task A_client_that_closes_its_sending_side_gets_its_answer()
    {
        await using FirstLookFixture fixture = new();
        foreach (string request in (string[])[Kept, Last])
        {
            using Socket client = await fixture.ConnectAsync();
            await client.SendAsync(Encoding.ASCII.GetBytes(request), Cancelled);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(FixedAnswers.Answer, await ReadToEndAsync(client));
        }
    }

    [Fact]
    public async Task A_client_that_resets_does_not_disturb_others()
    {
        await using FirstLookFixture fixture = new();
        for (int i = 0; i < 50; i++)
        {
            using (Socket client = await fixture.ConnectAsync())
            {
                client.LingerState = new LingerOption(enable: true, seconds: 0);
                if (i % 2 == 0)
                    await client.SendAsync(Encoding.ASCII.GetBytes(Kept), Cancelled);
            }

            using Socket other = await fixture.ConnectAsync();
            await other.SendAsync(Encoding.ASCII.GetBytes(Last), Cancelled);
            Assert.Equal(FixedAnswers.Answer, await ReadToEndAsync(other));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(Kept)]
    public async Task A_silent_client_is_closed_when_its_time_is_over(string before)
    {
        await using FirstLookFixture fixture = new();
        using Socket client = await fixture.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(before), Cancelled);
        if (before.Length > 0)
            await ReadAsync(client, FixedAnswers.Answer.Length);
        await AcceptedSocket.WaitAsync(client, Cancelled);
        // One that is accepted later is looked at later, so the first one waits by now.
        using Socket second = await fixture.ConnectAsync();
        await second.SendAsync(Encoding.ASCII.GetBytes(Last), Cancelled);
        await ReadToEndAsync(second);

        fixture.Clock.Advance(FirstLookFixture.Idle + TimeSpan.FromSeconds(2));

        Assert.Equal("", await ReadToEndAsync(client));
        Assert.False(fixture.Accepted.IsCompleted);
    }

    [Fact]
    public async Task Unbinding_closes_silent_clients_and_ends_the_accepting()
    {
        await using FirstLookFixture fixture = new(port: FreePorts.Take());
        using Socket silent = await fixture.ConnectAsync();
        using Socket kept = await fixture.ConnectAsync();
        await kept.SendAsync(Encoding.ASCII.GetBytes(Kept), Cancelled);
        await ReadAsync(kept, FixedAnswers.Answer.Length);

        await fixture.Listener.UnbindAsync(Cancelled);

        Assert.Null(await fixture.Accepted);
        Assert.Equal("", await ReadToEndAsync(silent));
        Assert.Equal("", await ReadToEndAsync(kept));
        await Assert.ThrowsAsync<SocketException>(fixture.ConnectAsync);
    }

    [Fact]
    public async Task An_answer_that_fails_ends_its_connection_only()
    {
        await using FirstLookFixture fixture = new();
        fixture.Answers.Fault = new InvalidOperationException("broken on purpose");
        using (Socket client = await fixture.ConnectAsync())
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(Last), Cancelled);
            Assert.Equal("", await ReadToEndAsync(client));
        }

        fixture.Answers.Fault = null;
        using Socket next = await fixture.ConnectAsync();
        await next.SendAsync(Encoding.ASCII.GetBytes(Last), Cancelled);
        Assert.Equal(FixedAnswers.Answer, await ReadToEndAsync(next));
        Assert.Contains(335, fixture.Logger.Ids);
    }

    [Fact]
    public async Task Accepting_goes_on_after_a_time_in_which_it_fails()
    {
        // It does not listen, so that attempts fail; and its events are always there, as with too many open files.
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using FirstLookFixture fixture = new(socket);
        await fixture.Logger.WaitForAsync("No connection can be accepted", Cancelled);

        socket.Listen(16);

        using Socket client = await fixture.ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(Last), Cancelled);
        Assert.Equal(FixedAnswers.Answer, await ReadToEndAsync(client));
        Assert.Single(fixture.Logger.Ids, 334);
    }

    [Theory]
    [InlineData(11, "Empty")]
    [InlineData(23, "Exhausted")]
    [InlineData(24, "Exhausted")]
    [InlineData(105, "Exhausted")]
    [InlineData(12, "Exhausted")]
    [InlineData(4, "Again")]
    [InlineData(103, "Again")]
    [InlineData(71, "Again")]
    [InlineData(113, "Again")]
    public void Errors_of_accept_are_told_apart(int error, string expected) =>
        Assert.Equal(expected, AcceptErrors.Judge(error).ToString());

    [Fact]
    public async Task Kestrel_takes_all_connections_and_lets_the_thread_pool_run_after_some()
    {
        const int Count = 400;
        await using FirstLookFixture fixture = new();
        CountedPosts posts = new();
        TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> loop = Task.Run(
            async () =>
            {
                List<ConnectionContext> connections = [];
                for (ConnectionContext? next = await fixture.Accepted.ConfigureAwait(false); next is not null;)
                {
                    connections.Add(next);
                    if (connections.Count == Count)
                        taken.SetResult();
                    next = await posts.Run(() => fixture.Listener.AcceptAsync(Cancelled)).ConfigureAwait(false);
                }

                foreach (ConnectionContext connection in connections)
                    await connection.DisposeAsync().ConfigureAwait(false);
                return connections.Count;
            },
            Cancelled);

        for (int i = 0; i < Count; i++)
        {
            using Socket client = await fixture.ConnectAsync();
            await client.SendAsync("other"u8.ToArray(), Cancelled);
        }

        await taken.Task.WaitAsync(Wait.Limit, Cancelled);
        await fixture.Listener.UnbindAsync(Cancelled);
        Assert.Equal(Count, await loop.WaitAsync(Wait.Limit, Cancelled));
        // Each 32nd call. A socket that closes meanwhile can be counted too.
        Assert.True(posts.Count >= Count / 32, $"{posts.Count} of {Count} calls gave up their thread.");
    }

    private static async Task<string> ReadToEndAsync(Socket client)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[1024];
        try
        {
            while (await client.ReceiveAsync(buffer, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled) is > 0 and int read)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of the client unread.
        }

        return text.ToString();
    }

    private static async Task<string> ReadAsync(Socket client, int length)
    {
        byte[] buffer = new byte[length];
        await using NetworkStream stream = new(client, ownsSocket: false);
        await stream.ReadExactlyAsync(buffer, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled);
        return Encoding.ASCII.GetString(buffer);
    }

    private static async Task<string> ReadAsync(ConnectionContext connection, int length)
    {
        System.IO.Pipelines.ReadResult read =
            await connection.Transport.Input.ReadAtLeastAsync(length, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled);
        string text = Encoding.ASCII.GetString(read.Buffer);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        return text;
    }
}
