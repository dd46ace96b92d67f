using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Berth.Dispatcher.Tests.Edge;

namespace Berth.Dispatcher.Tests.Differences;

/// <summary>Two servers that differ in one thing: the second one has Kestrel alone.</summary>
internal sealed class ServerPair : IAsyncDisposable
{
    private readonly TlsFiles _files;

    private ServerPair(TlsFiles files, AnswerPath path, EdgeServer tested, EdgeServer kestrel) =>
        (_files, Path, Tested, Kestrel) = (files, path, tested, kestrel);

    public AnswerPath Path { get; }

    public EdgeServer Tested { get; }

    public EdgeServer Kestrel { get; }

    /// <summary>Starts both servers, with one pod each.</summary>
    public static async Task<ServerPair> StartAsync(AnswerPath path, TimeSpan? keepAlive = null, TimeSpan? headers = null)
    {
        TlsFiles files = new();
        bool isTls = path == AnswerPath.PlainInTls;
        DispatcherCertificate? certificate = isTls ? files.Write("server", files.Authority.Server("localhost")) : null;
        DispatcherOptions options(bool plain) => new()
        {
            Targets = EdgeServer.Targets,
            Urls = [isTls ? "https://127.0.0.1:0" : "http://127.0.0.1:0"],
            Tls = isTls ? new DispatcherTlsOptions { Certificates = [certificate!] } : null,
            // With a limit, every connection goes through Kestrel's transport.
            MaxConnections = path == AnswerPath.Plain ? 10_000 : null,
            KeepAliveTimeout = keepAlive ?? TimeSpan.FromSeconds(130),
            RequestHeadersTimeout = headers ?? TimeSpan.FromSeconds(15),
            AnswersPlainRequests = plain,
        };
        EdgeServer tested = await EdgeServer.StartAsync(options(plain: true));
        return new ServerPair(files, path, tested, await EdgeServer.StartAsync(options(plain: false)));
    }

    /// <summary>A new connection to one of the two.</summary>
    /// <param name="server">The server.</param>
    /// <param name="receiveBuffer">The size of the client's receive buffer, or null for the system's.</param>
    public async Task<RawClient> ConnectAsync(EdgeServer server, int? receiveBuffer = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(IPAddress.Loopback, server.PortOf(), DispatcherFixture.Cancelled);
        NetworkStream transport = new(socket, ownsSocket: true);
        if (Path != AnswerPath.PlainInTls)
            return new RawClient(socket, transport);
        SslStream encrypted = new(transport);
        await encrypted.AuthenticateAsClientAsync(
            EdgeServer.OptionsOf(_files.Authority, "localhost", null), DispatcherFixture.Cancelled);
        return new RawClient(socket, encrypted);
    }

    public async ValueTask DisposeAsync()
    {
        await Tested.DisposeAsync();
        await Kestrel.DisposeAsync();
        _files.Dispose();
    }
}
