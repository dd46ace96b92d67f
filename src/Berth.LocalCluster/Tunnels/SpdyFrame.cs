using System.Buffers.Binary;

namespace Berth.LocalCluster.Tunnels;

/// <summary>One frame of SPDY/3.1 (https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/).</summary>
/// <param name="Type">The type of a control frame; null for data.</param>
/// <param name="StreamId">The stream of data; 0 for a control frame, whose payload names it.</param>
/// <param name="Flags">The flags.</param>
/// <param name="Payload">The rest. It is valid until the next frame is read.</param>
internal readonly record struct SpdyFrame(int? Type, uint StreamId, byte Flags, ReadOnlyMemory<byte> Payload)
{
    public const int SynStream = 1;
    public const int SynReply = 2;
    public const int RstStream = 3;
    public const int Settings = 4;
    public const int Ping = 6;
    public const int GoAway = 7;
    public const int Headers = 8;
    public const int WindowUpdate = 9;

    /// <summary>The flag of the last frame of one direction of a stream.</summary>
    public const byte Fin = 1;

    /// <summary>The length of the header in front of a payload.</summary>
    public const int HeadLength = 8;

    /// <summary>The longest payload that is read. kubectl's are 32 KB.</summary>
    public const int MaxLength = 1 << 20;

    private const int Version = 3;

    public bool IsLast => (Flags & Fin) != 0;

    /// <summary>Reads the next frame. Null when the client has disconnected.</summary>
    /// <exception cref="TunnelException">The frame is of another version, or too long, or is cut.</exception>
    public static async ValueTask<SpdyFrame?> ReadAsync(Stream from, byte[] buffer, CancellationToken cancellationToken)
    {
        int read = await from.ReadAtLeastAsync(buffer.AsMemory(0, HeadLength), HeadLength, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        if (read == 0)
            return null;
        if (read < HeadLength)
            throw Cut();
        uint first = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4)) & 0xFFFFFF);
        byte flags = buffer[4];
        bool isControl = first >> 31 == 1;
        if (isControl && (first >> 16 & 0x7FFF) != Version)
            throw new TunnelException($"A frame of SPDY {first >> 16 & 0x7FFF} came; the local cluster speaks version 3.1.");
        if (length > MaxLength)
            throw new TunnelException($"A frame of {length} bytes came; the most is {MaxLength}.");
        Memory<byte> payload = buffer.AsMemory(0, length);
        if (await from.ReadAtLeastAsync(payload, length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < length)
            throw Cut();
        return isControl
            ? new SpdyFrame((int)(first & 0xFFFF), 0, flags, payload)
            : new SpdyFrame(null, first, flags, payload);
    }

    /// <summary>Returns the bytes of a control frame.</summary>
    public static byte[] Control(int type, params ReadOnlySpan<byte> payload)
    {
        byte[] frame = New((uint)((0x8000 | Version) << 16 | type), 0, payload.Length);
        payload.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    /// <summary>Returns the bytes of a data frame.</summary>
    public static byte[] Data(uint stream, ReadOnlySpan<byte> data, bool isLast)
    {
        byte[] frame = New(stream, isLast ? Fin : (byte)0, data.Length);
        data.CopyTo(frame.AsSpan(HeadLength));
        return frame;
    }

    private static byte[] New(uint first, byte flags, int length)
    {
        byte[] frame = new byte[HeadLength + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, first);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), ((uint)flags << 24) | (uint)length);
        return frame;
    }

    private static TunnelException Cut() => new("The connection ended within a frame.");
}
