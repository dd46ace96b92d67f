using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>The end of service A.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Stopping_is_unready_at_once_and_serves_on_with_connections_that_close()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            delay: TimeSpan.FromSeconds(5), port: FreePorts.Take());
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        await fixture.Source.PublishAsync(fixture.OtherView, [], cancellationToken: DispatcherFixture.Cancelled);

        Task stopped = fixture.Server.StopAsync(DispatcherFixture.Cancelled);

        await fixture.GetProblemAsync("/readyz", 503, "not-ready");
        Assert.Equal("ok\n", await fixture.Client.GetStringAsync("/healthz", DispatcherFixture.Cancelled));
        using HttpResponseMessage response = await fixture.Client.GetAsync("/", DispatcherFixture.Cancelled);
        Assert.Equal("10.88.0.10:3000", await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.True(response.Headers.ConnectionClose);
        Assert.False(stopped.IsCompleted);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await stopped.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => fixture.Client.GetAsync("/", DispatcherFixture.Cancelled));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
    }

    [Fact]
    public async Task Request_in_progress_is_completed_at_stop()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        (System.Net.Sockets.TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            // A first answer makes sure that the connection has been accepted; then half of a request arrives.
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), DispatcherFixture.Cancelled);
            byte[] buffer = new byte[4096];
            int read = 0;
            while (!System.Text.Encoding.ASCII.GetString(buffer, 0, read).EndsWith("10.88.0.10:3000", StringComparison.Ordinal))
                read += await stream.ReadAsync(buffer.AsMemory(read), DispatcherFixture.Cancelled);
            await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHo"u8.ToArray(), DispatcherFixture.Cancelled);
            Task<string> rest = new StreamReader(stream).ReadToEndAsync(DispatcherFixture.Cancelled);

            Task stopped = fixture.Server.StopAsync(DispatcherFixture.Cancelled);
            await stream.WriteAsync("st: a\r\n\r\n"u8.ToArray(), DispatcherFixture.Cancelled);
            await stopped.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
            // Kestrel ends a connection whose next request is not whole yet, or answers it: never with half an answer.
            string answer = await rest.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
            Assert.True(answer.Length == 0 || answer.EndsWith("ok\n", StringComparison.Ordinal), answer);
        }
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_answer_is_cut_when_the_grace_is_over()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(grace: TimeSpan.FromSeconds(10));
        await fixture.PublishAsync([.. Enumerable.Range(0, 60_000).Select(static i => DispatcherFixture.Pod(i, portBase: 1))]);
        (System.Net.Sockets.TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            await stream.WriteAsync(
                "GET /v1/endpoints/k8s-example2/service-b HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), DispatcherFixture.Cancelled);
            // The answer has started, and its 20 MB do not fit into any socket's buffer.
            await stream.ReadExactlyAsync(new byte[1000], DispatcherFixture.Cancelled);
            Task stopped = fixture.Server.StopAsync(DispatcherFixture.Cancelled);
            await fixture.Time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(10), DispatcherFixture.Cancelled);
            Assert.False(stopped.IsCompleted);

            fixture.Time.Advance(TimeSpan.FromSeconds(10));

            await stopped.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        }
    }

    [Fact]
    public async Task Stopping_twice_is_stopping_once()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(port: FreePorts.Take());
        Task first = fixture.Server.StopAsync(DispatcherFixture.Cancelled);
        Assert.Same(first, fixture.Server.StopAsync(DispatcherFixture.Cancelled));
        await first;
        using HttpClient late = new() { BaseAddress = fixture.Client.BaseAddress };
        await Assert.ThrowsAsync<HttpRequestException>(
            () => late.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled));
    }
}
