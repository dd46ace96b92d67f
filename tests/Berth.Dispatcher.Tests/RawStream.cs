using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>A client that sees every byte of a watch, by a parser of its own.</summary>
internal sealed class RawStream : IDisposable
{
    private const string Path = "/v1/watch/k8s-example2/service-b";

    private readonly Stream _stream;
    private readonly StringBuilder _received = new();

    private RawStream(TcpClient client, Stream stream)
    {
        Client = client;
        _stream = stream;
    }

    public TcpClient Client { get; }

    /// <summary>The lines of the head, without the date.</summary>
    public string[] Head =>
        [.. _received.ToString().Split("\r\n\r\n")[0].Split("\r\n").Where(static l => !l.StartsWith("Date: ", StringComparison.Ordinal))];

    /// <summary>All bytes that were received after the head.</summary>
    public string Body
    {
        get
        {
            string all = _received.ToString();
            int end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return end < 0 ? "" : all[(end + 4)..];
        }
    }

    public static async Task<RawStream> OpenAsync(
        DispatcherFixture fixture, string version = "1.1", string method = "GET", string headers = "", string before = "",
        string behind = "", string query = "")
    {
        (TcpClient client, Stream stream) = await fixture.ConnectAsync();
        RawStream raw = new(client, stream);
        await raw.SendAsync($"{before}{method} {Path}{query} HTTP/{version}\r\nHost: a\r\n{headers}\r\n{behind}");
        return raw;
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), DispatcherFixture.Cancelled);

    /// <summary>Reads until what has been received contains a text.</summary>
    public async Task<RawStream> ReadUntilAsync(string text)
    {
        while (!_received.ToString().Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadAsync(), $"The connection ended before '{text}': {_received}");
        return this;
    }

    /// <summary>Reads until the data of the body contains a text, wherever its chunks end.</summary>
    public async Task<RawStream> ReadUntilDataAsync(string text)
    {
        while (!ReadWholeChunks(Body).Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadAsync(), $"The connection ended before '{text}': {_received}");
        return this;
    }

    public async Task<RawStream> ReadToEndAsync()
    {
        while (await ReadAsync())
        {
        }

        return this;
    }

    /// <summary>Takes a body apart (RFC 9112, 7.1). Whole says whether its last chunk is there; what is behind that is an error.</summary>
    public static (string Data, bool IsWhole) Join(string chunks)
    {
        StringBuilder data = new();
        int at = 0;
        while (at < chunks.Length)
        {
            int line = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
            int size = int.Parse(chunks[at..line], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = line + 2 + size;
            data.Append(chunks, line + 2, size);
            Assert.Equal("\r\n", chunks.Substring(at, 2));
            at += 2;
            if (size > 0)
                continue;
            Assert.Equal(chunks.Length, at);
            return (data.ToString(), true);
        }

        return (data.ToString(), false);
    }

    public void Dispose() => Client.Dispose();

    /// <summary>The data of the chunks that have arrived whole.</summary>
    private static string ReadWholeChunks(string chunks)
    {
        StringBuilder data = new();
        for (int at = 0; chunks.IndexOf("\r\n", at, StringComparison.Ordinal) is > 0 and int line;)
        {
            int size = int.Parse(chunks[at..line], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            at = line + 2 + size + 2;
            if (at > chunks.Length)
                break;
            data.Append(chunks, line + 2, size);
        }

        return data.ToString();
    }

    private async Task<bool> ReadAsync()
    {
        byte[] buffer = new byte[16 * 1024];
        int read = await _stream.ReadAsync(buffer, DispatcherFixture.Cancelled)
            .AsTask().WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        _received.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return read > 0;
    }
}
