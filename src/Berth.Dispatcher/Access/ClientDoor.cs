using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Berth.Dispatcher.Clients;
using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Access;

/// <summary>Connection middleware in front of everything else: the header of PROXY protocol, and the connections of a client.</summary>
internal sealed class ClientDoor(ClientGate gate)
{
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(5);

    private static readonly byte[] s_refusal =
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>Runs the inner handler, unless the connection is refused.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="inside">The inner handler.</param>
    /// <param name="isPlain">True without TLS: then a refused client gets an answer.</param>
    public async Task RunAsync(ConnectionContext transport, ConnectionDelegate inside, bool isPlain)
    {
        if (gate.ReadsProxyHeader && !await ReadHeaderAsync(transport).ConfigureAwait(false))
        {
            gate.Refuse("proxy-protocol");
            transport.Abort(new ConnectionAbortedException("There is no header of PROXY protocol from a trusted proxy."));
            return;
        }

        IPAddress? peer = (transport.RemoteEndPoint as IPEndPoint)?.Address;
        if (peer is not null && !gate.TryEnter(peer))
        {
            if (isPlain)
                await transport.Transport.Output.WriteAsync(s_refusal, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        try
        {
            await inside(transport).ConfigureAwait(false);
        }
        finally
        {
            if (peer is not null)
                gate.Leave(peer);
        }
    }

    private async Task<bool> ReadHeaderAsync(ConnectionContext transport)
    {
        if (transport.RemoteEndPoint is not IPEndPoint peer || !gate.IsProxy(peer.Address))
            return false;
        PipeReader input = transport.Transport.Input;
        using CancellationTokenSource limit = new(s_maxWait, gate.Time);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(limit.Token).ConfigureAwait(false);
                ReadOnlySequence<byte> received = read.Buffer;
                bool? isRead = ProxyHeader.TryRead(received, out ProxyHeader header);
                if (isRead is true)
                {
                    input.AdvanceTo(received.GetPosition(header.Length));
                    transport.RemoteEndPoint = header.Source ?? transport.RemoteEndPoint;
                    return true;
                }

                input.AdvanceTo(received.Start, received.End);
                if (isRead is false || read.IsCompleted)
                    return false;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return false;
        }
    }
}
