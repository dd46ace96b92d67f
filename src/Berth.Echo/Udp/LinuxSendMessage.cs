using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Berth.Echo.Udp;

/// <summary>Calls sendmsg(2) with the source address in a control message.</summary>
internal static unsafe partial class LinuxSendMessage
{
    private const int LevelIPv4 = 0;
    private const int LevelIPv6 = 41;
    private const int PacketInfoIPv4 = 8;
    private const int PacketInfoIPv6 = 50;
    private const int DontWait = 0x40;

    /// <summary>Sends without waiting. A failure loses the datagram.</summary>
    /// <exception cref="DllNotFoundException">The system has no C library of this name.</exception>
    public static void Send(
        SafeSocketHandle socket, ReadOnlySpan<byte> data, IPAddress source, int networkInterface, IPEndPoint destination)
    {
        // The destination has the socket's family. A source of the other family is converted to it.
        bool isIPv6 = destination.AddressFamily == AddressFamily.InterNetworkV6;
        IPAddress from = isIPv6 ? source.MapToIPv6() : source;
        byte* control = stackalloc byte[sizeof(ControlHeader) + sizeof(PacketInfo6) + sizeof(nuint)];
        nuint controlLength = isIPv6
            ? WriteIPv6(control, from, networkInterface)
            : WriteIPv4(control, from);
        ReadOnlySpan<byte> address = destination.Serialize().Buffer.Span;
        fixed (byte* name = address)
        fixed (byte* bytes = data)
        {
            IoVector vector = new() { Base = bytes, Length = (nuint)data.Length };
            MessageHeader message = new()
            {
                Name = name,
                NameLength = (uint)address.Length,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = controlLength,
            };
            _ = SendMessage(socket, &message, DontWait);
        }
    }

    private static nuint WriteIPv6(byte* control, IPAddress from, int networkInterface)
    {
        // Interface 0 lets the routing table choose. Only a link-local address needs its interface.
        PacketInfo6 info = new() { Interface = from.IsIPv6LinkLocal ? networkInterface : 0 };
        from.TryWriteBytes(new Span<byte>(info.Address, 16), out _);
        return Write(control, LevelIPv6, PacketInfoIPv6, info);
    }

    private static nuint WriteIPv4(byte* control, IPAddress from)
    {
        uint address = 0;
        from.TryWriteBytes(new Span<byte>(&address, sizeof(uint)), out _);
        PacketInfo4 info = new() { Interface = 0, Source = address, Destination = 0 };
        return Write(control, LevelIPv4, PacketInfoIPv4, info);
    }

    /// <summary>Writes header and data, padded as by CMSG_SPACE.</summary>
    private static nuint Write<T>(byte* control, int level, int type, T info)
        where T : unmanaged
    {
        *(ControlHeader*)control = new ControlHeader { Length = (nuint)(sizeof(ControlHeader) + sizeof(T)), Level = level, Type = type };
        Unsafe.WriteUnaligned(control + sizeof(ControlHeader), info);
        nuint align = (nuint)sizeof(nuint) - 1;
        return (nuint)sizeof(ControlHeader) + (((nuint)sizeof(T) + align) & ~align);
    }

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    private static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    private struct PacketInfo4
    {
        public int Interface;
        public uint Source;
        public uint Destination;
    }

    private struct PacketInfo6
    {
        public fixed byte Address[16];
        public int Interface;
    }
}
