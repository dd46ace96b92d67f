using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>
/// Asks a question over TCP. Each message follows its length in two octets (RFC 7766), so no answer has more than 65,535.
/// </summary>
internal static class TcpExchange
{
    /// <exception cref="DnsFormatException">The answer is malformed, belongs to another question, or is truncated over TCP too.</exception>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<DnsMessage> AskAsync(
        IPEndPoint server, ReadOnlyMemory<byte> query, ushort id, DnsQuestion question, CancellationToken cancellationToken)
    {
        using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        NetworkStream stream = new(socket);
        await using ConfiguredAsyncDisposable closing = stream.ConfigureAwait(false);
        byte[] framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed.AsMemory(2));
        await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
        byte[] prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix, cancellationToken).ConfigureAwait(false);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        if (!DnsMessageReader.Matches(answer, id, question))
            throw new DnsFormatException("over TCP, another question was answered");
        DnsMessage message = DnsMessageReader.Read(answer);
        return message.Header.IsTruncated ? throw new DnsFormatException("it is truncated over TCP too") : message;
    }
}
