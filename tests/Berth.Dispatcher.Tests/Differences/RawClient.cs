using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Differences;

/// <summary>A client that sends bytes as they are, with or without TLS.</summary>
internal sealed class RawClient(Socket socket, Stream stream) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[4096];

    public Socket Socket => socket;

    public Stream Stream => stream;

    /// <summary>Sends segments, one after the other, and then perhaps the end of this side.</summary>
    public async Task SendAsync(byte[][] segments, bool isEnd)
    {
        try
        {
            foreach (byte[] segment in segments)
            {
                await stream.WriteAsync(segment, DispatcherFixture.Cancelled);
                await Task.Yield();
            }

            if (isEnd)
                await EndAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The server has closed. What it sent before can still be read.
        }
    }

    /// <summary>Reads this many characters, or to the end, and returns how the reading ended.</summary>
    public async Task<Ending> ReadAsync(StringBuilder text, int length = int.MaxValue)
    {
        try
        {
            while (text.Length < length)
            {
                int read = await stream.ReadAsync(_buffer, DispatcherFixture.Cancelled).AsTask()
                    .WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
                if (read == 0)
                    return Ending.Orderly;
                text.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            }

            return Ending.None;
        }
        catch (IOException)
        {
            // The server closed with data of the client unread, so its end is a reset. What came before it counts.
            return Ending.Reset;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private async Task EndAsync()
    {
        if (stream is SslStream encrypted)
            await encrypted.ShutdownAsync();
        else
            socket.Shutdown(SocketShutdown.Send);
    }
}
