using System.Text.Json;

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
        HttpResponseMessage response = await fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        EventStream stream = new(response, await response.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
        Assert.Equal("retry: 2000", await stream.ReadLineAsync());
        Assert.Equal("", await stream.ReadLineAsync());
        return stream;
    }

    /// <summary>The next event; heartbeats are passed over.</summary>
    public async Task<(string Kind, string Id, JsonElement Data)> ReadAsync()
    {
        string? line;
        do
        {
            line = await ReadLineAsync();
        }
        while (line is ":" or "");

        string kind = After(line, "event: ");
        string id = After(await ReadLineAsync(), "id: ");
        using JsonDocument data = JsonDocument.Parse(After(await ReadLineAsync(), "data: "));
        Assert.Equal("", await ReadLineAsync());
        return (kind, id, data.RootElement.Clone());
    }

    /// <summary>Reads the next event and does not look at it.</summary>
    public async Task SkipAsync()
    {
        while (!(await ReadLineAsync())!.StartsWith("data: ", StringComparison.Ordinal))
        {
        }
    }

    /// <summary>The next line as it stands, or null at the end; 30 s at most.</summary>
    public Task<string?> ReadLineAsync() => _reader.ReadLineAsync(DispatcherFixture.Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), DispatcherFixture.Cancelled);

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
