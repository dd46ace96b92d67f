using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>
/// Gives each odd connection the recorded bytes of a watch up to a cut, and leads each even one to the dispatcher as it is now.
/// </summary>
internal sealed class CutServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _recorded;
    private readonly int _port;
    private readonly Task _serving;

    public CutServer(byte[] recorded, int port)
    {
        _recorded = recorded;
        _port = port;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The number of recorded bytes that the next odd connection gets.</summary>
    public int Cut { get; set; }

    /// <summary>All bytes of an answer of the dispatcher, head included, until they contain a text.</summary>
    public static async Task<byte[]> RecordAsync(int port, Func<Task> change, string first, string last)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("GET /v1/watch/k8s-example2/service-b?source HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        using MemoryStream received = new();
        await ReadUntilAsync(stream, received, first);
        await change();
        await ReadUntilAsync(stream, received, last);
        return received.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private static async Task ReadUntilAsync(NetworkStream stream, MemoryStream received, string text)
    {
        byte[] buffer = new byte[4096];
        while (!Encoding.UTF8.GetString(received.GetBuffer(), 0, (int)received.Length).Contains(text, StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit);
            Assert.True(read > 0, "The dispatcher ended the recording.");
            received.Write(buffer, 0, read);
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using (TcpClient odd = await _listener.AcceptTcpClientAsync(_stop.Token))
                {
                    await ReadRequestAsync(odd.GetStream());
                    await odd.GetStream().WriteAsync(_recorded.AsMemory(0, Cut), _stop.Token);
                }

                using TcpClient even = await _listener.AcceptTcpClientAsync(_stop.Token);
                using TcpClient far = new();
                await far.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                Task there = even.GetStream().CopyToAsync(far.GetStream(), _stop.Token);
                Task back = far.GetStream().CopyToAsync(even.GetStream(), _stop.Token);
                await Task.WhenAny(there, back);
                even.Close();
                far.Close();
                await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ReadRequestAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            length += await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
    }
}
