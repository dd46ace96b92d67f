using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>The end of a connection inside TLS.</summary>
public sealed class TlsEndTests : IDisposable
{
    private const byte Alert = 21;

    private readonly TlsFiles _files = new();

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    public async Task Server_that_closes_says_so_in_TLS(string path)
    {
        await using EdgeServer edge = await EdgeServer.StartAsync(
            _files.Options(_files.Write("server", _files.Authority.Server("localhost"))));
        RecordedStream? recorded = null;
        // TLS 1.2 shows the types of its records.
        await using SslStream stream = await edge.ConnectAsync(
            _files.Authority, static options => options.EnabledSslProtocols = SslProtocols.Tls12,
            transport => recorded = new RecordedStream(transport));

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), DispatcherFixture.Cancelled);
        using StreamReader reader = new(stream);
        string answer = await reader.ReadToEndAsync(DispatcherFixture.Cancelled);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(Alert, recorded!.RecordTypes[^1]);
    }

    public void Dispose() => _files.Dispose();
}
