using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Bench.Load;

/// <summary>One kept connection of an open load, with at most one request in progress.</summary>
internal sealed class OpenConnection : IDisposable
{
    private static readonly byte[] s_end = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] s_length = "content-length:"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _read;

    public OpenConnection(string url) => _socket.Connect(IPAddress.Loopback, new Uri(url).Port);

    public int File => (int)_socket.Handle;

    /// <summary>The number of the request in progress.</summary>
    public int Request { get; private set; }

    public void Send(byte[] bytes, int request)
    {
        Request = request;
        _read = 0;
        int sent = _socket.Send(bytes);
        if (sent != bytes.Length)
            throw new InvalidOperationException($"Only {sent} of {bytes.Length} bytes of a request could be sent.");
    }

    /// <summary>Reads what has arrived. True once the answer is complete.</summary>
    /// <param name="status">The first line that every answer must have, such as <c>HTTP/1.1 201</c>.</param>
    public bool Receives(ReadOnlySpan<byte> status)
    {
        int read = _socket.Receive(_buffer, _read, _buffer.Length - _read, SocketFlags.None);
        if (read == 0)
            throw new InvalidOperationException($"The server ended a connection after {Text}.");
        _read += read;
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _read);
        int head = bytes.IndexOf(s_end);
        if (head < 0)
            return false;
        if (!bytes.StartsWith(status))
            throw new InvalidOperationException($"An answer is not {Encoding.ASCII.GetString(status)}: {Text}");
        int body = head + s_end.Length + LengthIn(bytes[..head]);
        return _read > body ? throw new InvalidOperationException($"An answer is longer than it says: {Text}") : _read == body;
    }

    public void Dispose() => _socket.Dispose();

    private string Text => Encoding.ASCII.GetString(_buffer, 0, _read);

    private int LengthIn(ReadOnlySpan<byte> head)
    {
        while (head.IndexOf((byte)'\n') is >= 0 and int line)
        {
            head = head[(line + 1)..];
            if (head.Length > s_length.Length && Ascii.EqualsIgnoreCase(head[..s_length.Length], s_length))
            {
                ReadOnlySpan<byte> value = head[s_length.Length..];
                int end = value.IndexOf((byte)'\r');
                return int.Parse(value[..(end < 0 ? value.Length : end)], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"An answer has no length: {Text}");
    }
}
