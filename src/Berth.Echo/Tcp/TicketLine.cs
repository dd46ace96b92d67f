using System.Net.Sockets;

namespace Berth.Echo.Tcp;

/// <summary>Reads the first line of a client, in which it shows its ticket.</summary>
internal static class TicketLine
{
    /// <summary>The longest line in bytes: as long as a desk reads a ticket.</summary>
    public const int MaxLength = 4096;

    /// <summary>The time that a client has to send it. A connection without a ticket is of no use.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads to the first line end, to the limit, or to the end of the client's data.</summary>
    /// <returns>The line without its end, and the bytes after it.</returns>
    public static async ValueTask<(ReadOnlyMemory<byte> Line, ReadOnlyMemory<byte> More)> ReadAsync(
        Socket socket, TimeProvider time, CancellationToken closing)
    {
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, closing);
        byte[] buffer = new byte[MaxLength];
        int count = 0;
        while (count < buffer.Length)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(count), SocketFlags.None, either.Token).ConfigureAwait(false);
            if (read == 0)
                break;
            int newline = buffer.AsSpan(count, read).IndexOf((byte)'\n');
            if (newline >= 0)
                return (buffer.AsMemory(0, count + newline), buffer.AsMemory(count + newline + 1, read - newline - 1));
            count += read;
        }

        return (buffer.AsMemory(0, count), ReadOnlyMemory<byte>.Empty);
    }
}
