using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace Berth.Dispatcher.Clients;

/// <summary>
/// The header of PROXY protocol version 2 (haproxy.org, proxy-protocol.txt, 2.2), with which a load balancer states the client's address
/// before the first byte of a connection.
/// </summary>
/// <param name="Length">The number of bytes of the header.</param>
/// <param name="Source">
/// The client's address and port, or null when the header names none: then the connection's own address counts.
/// </param>
internal readonly record struct ProxyHeader(int Length, IPEndPoint? Source)
{
    /// <summary>The longest header that is read. Load balancers send a few hundred bytes.</summary>
    internal const int MaxLength = 4096;

    private const int HeadLength = 16;
    private const int V4Length = 12;
    private const int V6Length = 36;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header from the received bytes.</summary>
    /// <param name="received">What has arrived.</param>
    /// <param name="header">The header when it is complete.</param>
    /// <returns>True when it is complete, null when more is needed, false when this is no header.</returns>
    public static bool? TryRead(ReadOnlySequence<byte> received, out ProxyHeader header)
    {
        header = default;
        Span<byte> head = stackalloc byte[HeadLength];
        int have = (int)Math.Min(received.Length, HeadLength);
        head = head[..have];
        received.Slice(0, have).CopyTo(head);
        int signed = Math.Min(have, Signature.Length);
        if (!head[..signed].SequenceEqual(Signature[..signed]))
            return false;
        if (have < HeadLength)
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        // Version 2 with the command LOCAL or PROXY.
        if (head[12] is not (0x20 or 0x21) || length > MaxLength - HeadLength)
            return false;
        if (received.Length < HeadLength + length)
            return null;
        Span<byte> addresses = stackalloc byte[V6Length];
        addresses = addresses[..Math.Min(length, V6Length)];
        received.Slice(HeadLength, addresses.Length).CopyTo(addresses);
        if (head[12] == 0x20 || head[13] is not (0x11 or 0x21))
        {
            header = new ProxyHeader(HeadLength + length, null);
            return true;
        }

        bool isV4 = head[13] == 0x11;
        if (length < (isV4 ? V4Length : V6Length))
            return false;
        IPAddress source = new(addresses[..(isV4 ? 4 : 16)]);
        int port = BinaryPrimitives.ReadUInt16BigEndian(addresses[(isV4 ? 8 : 32)..]);
        header = new ProxyHeader(HeadLength + length, new IPEndPoint(ClientKey.Plain(source), port));
        return true;
    }
}
