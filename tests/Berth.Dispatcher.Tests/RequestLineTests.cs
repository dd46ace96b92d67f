using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>Requests that only a dispatcher's own Kestrel answers so: methods of any case, and what is beyond its bounds.</summary>
public sealed class RequestLineTests
{
    [Theory]
    [InlineData("head / HTTP/1.1")]
    [InlineData("head /healthz HTTP/1.1")]
    [InlineData("head /v1/watch/k8s-example2/service-b HTTP/1.1")]
    [InlineData("get / HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("CONNECT a:80 HTTP/1.1")]
    public async Task Method_names_are_case_sensitive(string line)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        (System.Net.Sockets.TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            string host = line.StartsWith("CONNECT", StringComparison.Ordinal) ? "a:80" : "a";
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n"), DispatcherFixture.Cancelled);
            using StreamReader reader = new(stream);
            string answer = await reader.ReadToEndAsync(DispatcherFixture.Cancelled).WaitAsync(
                Wait.Limit, DispatcherFixture.Cancelled);
            Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nAllow: GET, HEAD\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("urn:berth:problem:method-not-allowed", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", 5_000, "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 20_000, "431")]
    [InlineData("nonsense{0}\r\n\r\n", 1, "400")]
    public async Task A_request_beyond_the_bounds_is_refused(string request, int length, string status)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        (System.Net.Sockets.TcpClient client, Stream stream) = await fixture.ConnectAsync();
        using (client)
        {
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(request.Replace("{0}", new string('x', length), StringComparison.Ordinal)),
                DispatcherFixture.Cancelled);
            byte[] buffer = new byte[64];
            int read = await stream.ReadAtLeastAsync(buffer, "HTTP/1.1 414".Length, cancellationToken: DispatcherFixture.Cancelled);
            Assert.StartsWith("HTTP/1.1 " + status, Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        }
    }
}
