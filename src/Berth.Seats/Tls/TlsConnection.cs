using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Berth.Seats.Tls;

/// <summary>
/// A client's connection inside TLS. Kestrel's own middleware needs services that only a web host registers, so this does the same: the
/// handshake, the decrypted transport, and the features by which Kestrel sees TLS and chooses between HTTP/1.1 and HTTP/2.
/// </summary>
internal sealed class TlsConnection : IDuplexPipe, ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    private readonly SslStream _tls;

    private TlsConnection(SslStream tls, IDuplexPipe pipes)
    {
        _tls = tls;
        Input = pipes.Input;
        Output = pipes.Output;
        ClientCertificate = tls.RemoteCertificate as X509Certificate2;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public X509Certificate2? ClientCertificate { get; set; }

    public ReadOnlyMemory<byte> ApplicationProtocol => _tls.NegotiatedApplicationProtocol.Protocol;

    /// <summary>Connection middleware: runs the handshake, and then the inner handler.</summary>
    public static async Task RunAsync(ConnectionContext transport, ITlsServer server, ConnectionDelegate inside)
    {
        IDuplexPipe outer = transport.Transport;
        SslStream tls = new(new TransportStream(outer), leaveInnerStreamOpen: true);
        await using (tls.ConfigureAwait(false))
        {
            if (!await ShakeHandsAsync(tls, transport, server).ConfigureAwait(false))
                return;
            StreamPipes pipes = new(tls, transport.Features.Get<IMemoryPoolFeature>()?.MemoryPool);
            TlsConnection connection = new(tls, pipes);
            transport.Features.Set<ITlsConnectionFeature>(connection);
            transport.Features.Set<ITlsApplicationProtocolFeature>(connection);
            transport.Transport = connection;
            try
            {
                await inside(transport).ConfigureAwait(false);
            }
            finally
            {
                await pipes.Input.CompleteAsync().ConfigureAwait(false);
                await pipes.Output.CompleteAsync().ConfigureAwait(false);
                await SayGoodbyeAsync(tls).ConfigureAwait(false);
                transport.Transport = outer;
            }
        }
    }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

    /// <summary>
    /// Sends close_notify (RFC 8446, 6.1). Without it, OpenSSL 3 treats the end as a truncation and drops the session, so its clients could
    /// not resume.
    /// </summary>
    private static async ValueTask SayGoodbyeAsync(SslStream tls)
    {
        try
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client has disconnected, or the connection has ended.
        }
    }

    private static async Task<bool> ShakeHandsAsync(SslStream tls, ConnectionContext transport, ITlsServer server)
    {
        using CancellationTokenSource limit = new(s_handshake, server.Time);
        try
        {
            await tls.AuthenticateAsServerAsync(
                static (_, hello, state, _) => new ValueTask<SslServerAuthenticationOptions>(((ITlsServer)state!).Find(hello.ServerName)),
                server,
                limit.Token).ConfigureAwait(false);
            server.TellHandshake(null);
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException)
        {
            server.TellHandshake(exception);
            transport.Abort(new ConnectionAbortedException("The TLS handshake failed.", exception));
            return false;
        }
    }

    private sealed class StreamPipes(Stream stream, System.Buffers.MemoryPool<byte>? pool) : IDuplexPipe
    {
        public PipeReader Input { get; } =
            PipeReader.Create(stream, new StreamPipeReaderOptions(pool, leaveOpen: true, useZeroByteReads: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(pool, leaveOpen: true));
    }
}
