using System.Net;
using System.Net.Sockets;
using Berth.LocalCluster;

namespace Berth.Testing.Ports;

/// <summary>
/// A range of ports on 127.0.0.1 for the pods of one set: below the ephemeral range of systems, and below the NodePort range. A socket that
/// listens on the next port keeps other clusters away, those of other processes too, and ends with the process.
/// </summary>
internal sealed class PortBlock : IDisposable
{
    /// <summary>The ports of one run.</summary>
    public const int Count = 49;

    private const int Size = Count + 1;
    private const int FirstPort = 10_000;
    private const int Blocks = 400;

    private readonly Socket _guard;

    private PortBlock(int first, Socket guard)
    {
        First = first;
        _guard = guard;
    }

    public int First { get; }

    /// <summary>Takes a free run.</summary>
    /// <param name="seed">Any number. Clusters with different ones look at different ports first.</param>
    /// <exception cref="LocalClusterException">None is free.</exception>
    public static PortBlock Take(int seed)
    {
        for (int i = 0; i < Blocks; i++)
        {
            int first = FirstPort + (Size * (int)(((uint)seed + (uint)i) % Blocks));
            if (TryListen(first + Count) is not { } guard)
                continue;
            if (Enumerable.Range(first, Count).All(IsFree))
                return new PortBlock(first, guard);
            guard.Dispose();
        }

        throw new LocalClusterException(
            $"No {Count} ports in a row are free on 127.0.0.1 from {FirstPort} to {FirstPort + (Size * Blocks) - 1}. Give the base port.");
    }

    public void Dispose() => _guard.Dispose();

    private static Socket? TryListen(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        using Socket? socket = TryListen(port);
        return socket is not null;
    }
}
