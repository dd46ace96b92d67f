using System.Net.Sockets;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>The connection of a watch, seen from its bytes.</summary>
public sealed class WatchConnectionTests
{
    private const string Watchers = "berth_watchers{" + DispatcherFixture.OfB + "}";
    private const string Counted =
        "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"/v1/watch/{namespace}/{service}\"," +
        "http_response_status_code=\"200\",url_scheme=\"http\"}";

    [Fact]
    public async Task The_body_comes_in_chunks_and_ends_with_the_last_one()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using RawStream stream = await RawStream.OpenAsync(fixture);
        await stream.ReadUntilAsync("portClashes");
        await fixture.PublishAsync(DispatcherFixture.Pod(1));
        await stream.ReadUntilAsync("event: changes");

        await fixture.Server.StopAsync(DispatcherFixture.Cancelled);
        await stream.ReadToEndAsync();

        Assert.Equal(
            ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store", "Transfer-Encoding: chunked"], stream.Head);
        (string data, bool isWhole) = RawStream.Join(stream.Body);
        Assert.True(isWhole);
        Assert.StartsWith("retry: 2000\n\nevent: snapshot\ndata: {", data, StringComparison.Ordinal);
        Assert.Contains("\n\nevent: changes\ndata: {", data, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connection: keep-alive\r\n")]
    public async Task For_HTTP_1_0_the_same_body_ends_with_the_connection(string headers)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, 600).Select(static i => DispatcherFixture.Pod(i))]);
        using RawStream chunked = await RawStream.OpenAsync(fixture);
        using RawStream plain = await RawStream.OpenAsync(fixture, "1.0", headers: headers);
        foreach (RawStream stream in new[] { chunked, plain })
            await stream.ReadUntilAsync("portClashes");

        await fixture.Server.StopAsync(DispatcherFixture.Cancelled);

        await chunked.ReadToEndAsync();
        await plain.ReadToEndAsync();
        Assert.Equal(["HTTP/1.1 200 OK", "Connection: close", "Content-Type: text/event-stream", "Cache-Control: no-store"], plain.Head);
        // A heartbeat at the end is what a stream without news is told.
        Assert.Equal(RawStream.Join(chunked.Body).Data, plain.Body);
    }

    [Fact]
    public async Task Client_that_asks_for_close_gets_Connection_close()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        using RawStream stream = await RawStream.OpenAsync(fixture, headers: "Connection: close\r\n");
        await stream.ReadUntilAsync("retry");
        Assert.Equal(
            ["HTTP/1.1 200 OK", "Connection: close", "Content-Type: text/event-stream", "Cache-Control: no-store",
                "Transfer-Encoding: chunked"],
            stream.Head);
    }

    [Fact]
    public async Task Requests_before_a_watch_are_answered_and_those_behind_it_are_not()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        const string Health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
        using RawStream stream = await RawStream.OpenAsync(fixture, before: Health, behind: Health);
        await stream.ReadUntilAsync("portClashes");
        await fixture.Server.StopAsync(DispatcherFixture.Cancelled);
        await stream.ReadToEndAsync();

        Assert.StartsWith("ok\nHTTP/1.1 200 OK\r\n", stream.Body, StringComparison.Ordinal);
        string watch = stream.Body[(stream.Body.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.True(RawStream.Join(watch).IsWhole);
    }

    [Fact]
    public async Task Unexpected_request_body_is_skipped()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        // In one piece: Kestrel reads the rest of a body for 5 s only.
        using RawStream stream = await RawStream.OpenAsync(fixture, headers: "Content-Length: 3\r\n", behind: "abc");
        await stream.ReadUntilAsync("portClashes");
        await fixture.PublishAsync(DispatcherFixture.Pod(1));
        await stream.ReadUntilAsync("event: changes");
    }

    [Fact]
    public async Task HEAD_has_no_body_and_keeps_the_connection()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        using RawStream stream = await RawStream.OpenAsync(
            fixture, method: "HEAD", behind: "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await stream.ReadToEndAsync();
        Assert.Equal(["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store"], stream.Head);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", stream.Body, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nok\n", stream.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_away_is_noticed_at_once_and_counted(bool halfOnly)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using RawStream stream = await RawStream.OpenAsync(fixture);
        await stream.ReadUntilAsync("portClashes");
        Assert.Equal(1, await fixture.ReadMetricAsync(Watchers));
        Assert.Null(await fixture.ReadMetricAsync(Counted));

        // The clock stands still: no heartbeat has to fail first.
        if (halfOnly)
            stream.Client.Client.Shutdown(SocketShutdown.Send);
        else
            stream.Client.Close();

        await fixture.WaitForMetricAsync(Counted, 1);
        Assert.Equal(0, await fixture.ReadMetricAsync(Watchers));
        if (halfOnly)
            await stream.ReadToEndAsync();
    }

    [Fact]
    public async Task Client_that_sends_during_a_stream_ends_it()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using RawStream stream = await RawStream.OpenAsync(fixture);
        await stream.ReadUntilAsync("portClashes");

        await stream.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");

        await fixture.WaitForMetricAsync(Counted, 1);
        Assert.Equal(0, await fixture.ReadMetricAsync(Watchers));
        Assert.DoesNotContain("ok\n", stream.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_cut_off()
    {
        const int Pods = 4_000;
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, Pods).Select(static i => DispatcherFixture.Pod(i))]);
        using RawStream idle = await RawStream.OpenAsync(fixture);
        await idle.ReadUntilAsync("portClashes");
        EventStream other = await EventStream.OpenAsync(fixture);
        await other.SkipAsync();

        // Each is about 1.3 MB, and buffers between the two hold less than all of them, if the stream sends each.
        for (int i = 1; i <= 10; i++)
        {
            string address = $"10.88.1.{i}";
            await fixture.PublishAsync([.. Enumerable.Range(0, Pods).Select(p => DispatcherFixture.Pod(p, address))]);
            await other.SkipAsync();
        }

        other.Dispose();
        await fixture.WaitForMetricAsync(Watchers, 1);
        // A stream that was late sends the latest state alone. So more states follow until it waits for its client.
        int more = 0;
        await Wait.UntilAsync(
            async () =>
            {
                double? watchers = await fixture.ReadMetricAsync(Watchers);
                if (watchers == 0)
                    return watchers;
                string address = $"10.88.{2 + (++more / 250)}.{1 + (more % 250)}";
                await fixture.PublishAsync([.. Enumerable.Range(0, Pods).Select(p => DispatcherFixture.Pod(p, address))]);
                fixture.Time.Advance(TimeSpan.FromHours(1));
                return watchers;
            },
            static watchers => watchers == 0, Wait.Limit, Watchers, DispatcherFixture.Cancelled);
        await fixture.WaitForMetricAsync(Counted, 2);
        await Assert.ThrowsAnyAsync<IOException>(idle.ReadToEndAsync);
    }

    [Fact]
    public async Task Watching_clients_count_against_the_most_connections()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(maxConnections: 2);
        RawStream first = await RawStream.OpenAsync(fixture);
        using RawStream second = await RawStream.OpenAsync(fixture);
        await first.ReadUntilAsync("retry");
        await second.ReadUntilAsync("retry");
        Assert.False(await IsServedAsync(fixture));

        first.Dispose();

        while (!await IsServedAsync(fixture))
            DispatcherFixture.Cancelled.ThrowIfCancellationRequested();
    }

    private static async Task<bool> IsServedAsync(DispatcherFixture fixture)
    {
        try
        {
            using RawStream stream = await RawStream.OpenAsync(fixture, method: "HEAD", headers: "Connection: close\r\n");
            await stream.ReadToEndAsync();
            return stream.Head[0] == "HTTP/1.1 200 OK";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
