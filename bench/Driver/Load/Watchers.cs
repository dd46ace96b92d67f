using System.Net;
using System.Net.Sockets;

namespace Berth.Bench.Load;

/// <summary>Many clients that watch over server-sent events. They only wait for an id, and store nothing.</summary>
internal sealed class Watchers : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Connects them and waits until each has its first snapshot.</summary>
    public Task ConnectAsync(string url, string target, int count) =>
        ConnectAsync(url, $"/v1/watch/{target}", count, "event: snapshot"u8.ToArray());

    /// <summary>Connects clients that request a path once, and waits until each has received a text.</summary>
    public async Task ConnectAsync(string url, string path, int count, byte[] answer)
    {
        byte[] request = System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < count; i++)
        {
            Socket socket = new(
                AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 8 * 1024 };
            _sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(url).Port);
            socket.Send(request);
        }

        await ReceiveAllAsync(answer);
    }

    /// <summary>Reads from every client until each has received a text.</summary>
    public async Task ReceiveAllAsync(byte[] text)
    {
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        HashSet<Socket> waiting = [.. _sockets];
        while (waiting.Count > 0)
        {
            foreach (Socket socket in waiting.ToArray())
            {
                if (socket.Available == 0)
                    continue;
                int read = socket.Receive(_buffer);
                if (_buffer.AsSpan(0, read).IndexOf(text) >= 0)
                    waiting.Remove(socket);
            }

            if (System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds > 30)
                throw new TimeoutException($"{waiting.Count} of {_sockets.Count} watchers did not receive " +
                    $"'{System.Text.Encoding.ASCII.GetString(text)}' within 30 s.");
            if (waiting.Count > 0)
                await Task.Delay(5);
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
            socket.Dispose();
    }
}
