using System.Text.Json;
using Berth.Dispatcher.Watching;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>A client of server-sent events.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = new StreamReader(body);
    }

    public static async Task<EventStream> OpenAsync(DispatcherFixture fixture, string? lastId = null, string service = "service-b")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/watch/k8s-example2/" + service);
        if (lastId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastId);
        HttpResponseMessage response = await fixture.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        EventStream stream = new(response, await response.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
        Assert.Equal("retry: 2000", await stream.ReadLineAsync());
        Assert.Equal("", await stream.ReadLineAsync());
        return stream;
    }

    /// <summary>Reads the next event and the id of its mark; heartbeats are skipped.</summary>
    public async Task<(string Kind, string Id, JsonElement Data)> ReadAsync()
    {
        string? line;
        do
        {
            line = await ReadLineAsync();
        }
        while (line is ":" or "");

        string kind = After(line, "event: ");
        using JsonDocument data = JsonDocument.Parse(After(await ReadLineAsync(), "data: "));
        string sent = After(await ReadLineAsync(), "id: ");
        Assert.Equal("", await ReadLineAsync());
        Assert.Equal("event: mark", await ReadLineAsync());
        Assert.StartsWith("data: {", await ReadLineAsync(), StringComparison.Ordinal);
        string id = After(await ReadLineAsync(), "id: ");
        Assert.Equal("", await ReadLineAsync());
        Assert.Equal(id + WatchEvents.SentSuffix, sent);
        return (kind, id, data.RootElement.Clone());
    }

    /// <summary>Reads the next event with its mark, and does not look at it.</summary>
    public async Task SkipAsync()
    {
        while (await ReadLineAsync() != "event: mark")
        {
        }
    }

    /// <summary>Reads the next line unchanged, or null at the end; 30 s at most.</summary>
    public Task<string?> ReadLineAsync() =>
        _reader.ReadLineAsync(DispatcherFixture.Cancelled).AsTask().WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    private static string After(string? line, string start)
    {
        Assert.StartsWith(start, line, StringComparison.Ordinal);
        return line![start.Length..];
    }
}
