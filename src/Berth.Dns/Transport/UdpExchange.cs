using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>Asks a question over UDP.</summary>
internal static class UdpExchange
{
    // Larger than the requested size. A datagram that fills this buffer was cut by us, not by the server.
    private const int BufferSize = 4096;

    /// <returns>The answer, or null when it did not fit into a datagram.</returns>
    /// <exception cref="DnsFormatException">The answer is malformed.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public static async Task<DnsMessage?> AskAsync(
        IPEndPoint server, ReadOnlyMemory<byte> query, ushort id, DnsQuestion question, CancellationToken cancellationToken)
    {
        // Each question has its own socket: a forger must also guess its port, and a connected socket receives only from the server.
        using Socket socket = new(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(query, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                int length = await socket.ReceiveAsync(buffer.AsMemory(0, BufferSize), cancellationToken).ConfigureAwait(false);
                // Ignore a late or forged answer. The right one may still arrive.
                if (!DnsMessageReader.Matches(buffer.AsSpan(0, length), id, question))
                    continue;
                if (length == BufferSize)
                    return null;
                DnsMessage answer = DnsMessageReader.Read(buffer.AsSpan(0, length));
                return answer.Header.IsTruncated ? null : answer;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
