using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

public sealed class HalfClosedTests
{
    private const string Answered = "http_server_request_duration_seconds_count{http_request_method=\"GET\"," +
        "http_route=\"/v1/endpoints/{namespace}/{service}\",http_response_status_code=\"200\",url_scheme=\"http\"}";

    [Theory]
    [InlineData("/", 3, "10.88.0.10:300")]
    [InlineData("/healthz", 0, "ok\n")]
    [InlineData("/v1/endpoints/k8s-example2/service-b", 3, "\"portClashes\":[]}")]
    [InlineData("/v1/endpoints/k8s-example2/service-b", 5_000, "\"portClashes\":[]}")]
    [InlineData("/v1/endpoints/k8s-example2/service-z", 0, "urn:berth:problem:unknown-target")]
    public async Task A_client_that_closes_its_sending_side_gets_its_answer(string path, int pods, string expected)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, pods).Select(static i => DispatcherFixture.Pod(i))]);

        // The server may see the end together with the request, or later. Chance decides.
        for (int i = 0; i < 20; i++)
        {
            (TcpClient client, Stream stream) = await fixture.ConnectAsync();
            using (client)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), DispatcherFixture.Cancelled);
                client.Client.Shutdown(SocketShutdown.Send);
                using StreamReader reader = new(stream);
                string answer = await reader.ReadToEndAsync(DispatcherFixture.Cancelled).WaitAsync(
                    Wait.Limit, DispatcherFixture.Cancelled);
                Assert.Contains(expected, answer, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Client_that_leaves_during_a_large_answer_keeps_no_memory()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(maxConnections: 2);
        await fixture.PublishAsync([.. Enumerable.Range(0, 30_000).Select(static i => DispatcherFixture.Pod(i))]);
        fixture.Client.DefaultRequestHeaders.ConnectionClose = true;
        for (int i = 0; i < 3; i++)
        {
            await Wait.ForAsync(
                "a connection", async _ => await LeaveDuringAnAnswerAsync(fixture) ? "" : null, DispatcherFixture.Cancelled);
            // Were it held, no other would be served soon: two connections are all there may be.
            await Wait.ForAsync(
                "the answer to be counted", async _ => await fixture.ReadMetricAsync(Answered) == i + 1 ? "" : null,
                DispatcherFixture.Cancelled);
        }
    }

    /// <summary>Asks for the large page, reads its beginning and leaves with a reset. False while an earlier connection is held.</summary>
    private static async Task<bool> LeaveDuringAnAnswerAsync(DispatcherFixture fixture)
    {
        (TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using TcpClient leaving = client;
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        try
        {
            await stream.WriteAsync(
                "GET /v1/endpoints/k8s-example2/service-b HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), DispatcherFixture.Cancelled);
            await stream.ReadExactlyAsync(new byte[1000], DispatcherFixture.Cancelled);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
