using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Dispatcher.Connections;
using Berth.Dispatcher.Http;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Plain;

/// <summary>The plain GET / in front of Kestrel. Differences/DifferenceTests compares its answers with those of Kestrel alone.</summary>
public sealed partial class PlainRequestTests
{
    private const string Usual =
        "GET / HTTP/1.1\r\nHost: lobby.example:8000\r\nUser-Agent: curl/8.1 (x; y)\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\n\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true)]
    [InlineData(Usual, true)]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\nCONNECTION: Close\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nAccept-Language: de, en;q=0.5\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n", false)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", false)]
    [InlineData("GET /?key=a HTTP/1.1\r\nHost: a\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost:a\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a \r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: \u00e4\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-0-0-00\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n continued\r\n\r\n", false)]
    public void Only_the_strict_form_is_plain(string request, bool expected) =>
        Assert.Equal(expected, PlainRequest.Is(Encoding.Latin1.GetBytes(request), out _));

    [Fact]
    public async Task A_request_that_arrives_in_two_pieces_is_answered()
    {
        await using DispatcherFixture fixture = await StartAsync(plain: true);
        byte[] bytes = Encoding.Latin1.GetBytes(Usual.Replace("Accept: */*", "Connection: close", StringComparison.Ordinal));
        string whole = await AskAsync(fixture, bytes);
        Assert.Contains("127.0.0.9:3000", whole, StringComparison.Ordinal);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            (TcpClient client, Stream stream) = await fixture.ConnectAsync();
            using (client)
            {
                client.NoDelay = true;
                await stream.WriteAsync(bytes.AsMemory(0, cut), DispatcherFixture.Cancelled);
                await Task.Yield();
                await stream.WriteAsync(bytes.AsMemory(cut), DispatcherFixture.Cancelled);
                Assert.Equal(whole, await ReadAsync(stream));
            }
        }
    }

    [Fact]
    public async Task Plain_and_other_requests_follow_each_other()
    {
        await using DispatcherFixture fixture = await StartAsync(plain: true);
        (TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            using StreamReader reader = new(stream, Encoding.Latin1);
            foreach (string path in (string[])["/", "/", "/healthz", "/", "/healthz"])
            {
                await stream.WriteAsync(
                    Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), DispatcherFixture.Cancelled);
                Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(DispatcherFixture.Cancelled));
                int length = 0;
                while (await reader.ReadLineAsync(DispatcherFixture.Cancelled) is { Length: > 0 } line)
                {
                    if (line.StartsWith("Content-Length: ", StringComparison.Ordinal))
                        length = int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
                }

                char[] body = new char[length];
                await reader.ReadBlockAsync(body, DispatcherFixture.Cancelled);
                Assert.Equal(path == "/" ? "127.0.0.9:3000" : "ok\n", new string(body));
            }
        }

        Assert.Equal(3, await fixture.ReadMetricAsync(
            "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"/\"," +
            "http_response_status_code=\"200\",url_scheme=\"http\"}"));
    }

    [Fact]
    public async Task A_picker_that_fails_is_reported_as_a_problem()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new BrokenPicker());
        await fixture.PublishAsync(DispatcherFixture.Pod(0));

        // The first request of a connection.
        await fixture.GetProblemAsync("/", 500, "internal");
    }

    [Fact]
    public async Task An_idle_connection_does_not_hold_up_the_end()
    {
        await using DispatcherFixture fixture = await StartAsync(plain: true);
        (TcpClient idle, Stream idleStream) = await fixture.ConnectAsync();
        (TcpClient silent, Stream silentStream) = await fixture.ConnectAsync();
        using (idle)
        using (silent)
        {
            await idleStream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), DispatcherFixture.Cancelled);
            Assert.NotEqual(0, await idleStream.ReadAsync(new byte[1024], DispatcherFixture.Cancelled));

            await fixture.Server.StopAsync(DispatcherFixture.Cancelled).WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);

            Assert.Equal("", await ReadAsync(idleStream));
            Assert.Equal("", await ReadAsync(silentStream));
        }
    }

    [Fact]
    public void A_limit_is_reached_once_and_an_ended_wait_has_none()
    {
        ClientConnection connection = new();
        int reached = 0;
        connection.Limit(TimeSpan.FromSeconds(2), () => reached++);
        connection.Tick();
        connection.Tick();
        Assert.Equal(0, reached);
        connection.Tick();
        connection.Tick();
        Assert.Equal(1, reached);
        Assert.False(connection.EndLimit());

        connection.Limit(TimeSpan.FromSeconds(1), () => reached++);
        Assert.True(connection.EndLimit());
        for (int i = 0; i < 5; i++)
            connection.Tick();
        Assert.Equal(1, reached);
    }

    private static async Task<DispatcherFixture> StartAsync(bool plain)
    {
        DispatcherFixture fixture = await DispatcherFixture.StartAsync(plain: plain);
        await fixture.PublishAsync(DispatcherFixture.Pod(0, "127.0.0.9"));
        return fixture;
    }

    /// <summary>Sends the bytes, closes the sending side, and reads to the end.</summary>
    private static async Task<string> AskAsync(DispatcherFixture fixture, byte[] bytes)
    {
        (TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            await stream.WriteAsync(bytes, DispatcherFixture.Cancelled);
            client.Client.Shutdown(SocketShutdown.Send);
            return await ReadAsync(stream);
        }
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, DispatcherFixture.Cancelled).AsTask()
                .WaitAsync(Wait.Limit, DispatcherFixture.Cancelled) is > 0 and int read)
                all.Write(buffer, 0, read);
        }
        catch (IOException)
        {
            // The server closed with data of the client unread, so its end is a reset. What came before it counts.
        }

        return Date().Replace(Encoding.Latin1.GetString(all.ToArray()), "Date: D");
    }

    private sealed class BrokenPicker : IEndpointPicker
    {
        public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint) =>
            throw new InvalidOperationException("broken on purpose");
    }

    [GeneratedRegex("Date: [^\r]*")]
    private static partial Regex Date();
}
