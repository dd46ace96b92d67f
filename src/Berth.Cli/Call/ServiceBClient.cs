using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Cli.Call;

/// <summary>Connects to one pod of service B, sends a line and reads its answer.</summary>
internal static class ServiceBClient
{
    /// <summary>The limit of an answer: more than any line that service B answers in one piece.</summary>
    private const int MaxAnswer = 128 * 1024;

    /// <summary>Sends a text as one line.</summary>
    /// <returns>The answer without its line end, or null when the pod closed the connection without an answer.</returns>
    /// <exception cref="SocketException">The pod refused, or the connection broke.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<string?> SendAsync(IPEndPoint address, string text, CancellationToken cancellationToken)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(Dialling.ThisMachine(address), cancellationToken).ConfigureAwait(false);
        NetworkStream stream = new(socket, ownsSocket: false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), cancellationToken).ConfigureAwait(false);
            return await ReadAnswerAsync(stream, text.AsSpan().Count('\n') + 1, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads as many lines as were sent, because each is answered separately.</summary>
    private static async Task<string?> ReadAnswerAsync(NetworkStream stream, int lines, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        using MemoryStream answer = new();
        int read;
        while (lines > 0 && answer.Length < MaxAnswer
            && (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            answer.Write(buffer, 0, read);
            lines -= buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return lines > 0 && answer.Length < MaxAnswer
            ? null
            : Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length).TrimEnd('\r', '\n');
    }
}
