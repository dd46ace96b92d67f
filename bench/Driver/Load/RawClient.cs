using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Bench.Load;

/// <summary>One connection that sends GET / repeatedly, with almost no cost on the client's side.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly byte[] s_request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];

    public RawClient(string url) => _socket.Connect(IPAddress.Loopback, new Uri(url).Port);

    /// <summary>Asks once. True when the answer contains the text. An answer fits into one segment.</summary>
    public bool Asks(ReadOnlySpan<byte> text)
    {
        _socket.Send(s_request);
        int read = _socket.Receive(_buffer);
        return _buffer.AsSpan(0, read).IndexOf(text) >= 0;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public void Dispose() => _socket.Dispose();
}
