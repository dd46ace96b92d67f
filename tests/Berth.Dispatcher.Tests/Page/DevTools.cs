using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Dispatcher.Tests.Page;

/// <summary>A connection to a browser by the Chrome DevTools Protocol.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _lastId;

    private DevTools()
    {
    }

    /// <summary>Called for each event: the session, the method and its parameters.</summary>
    public Action<string, string, JsonElement>? Received { get; set; }

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        DevTools tools = new();
        await tools._socket.ConnectAsync(address, DispatcherFixture.Cancelled);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <summary>Calls a method and returns its result.</summary>
    public async Task<JsonElement> CallAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            message["sessionId"] = session;
        TaskCompletionSource<JsonElement> call = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = call;
        await _sending.WaitAsync(DispatcherFixture.Cancelled);
        try
        {
            await _socket.SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, DispatcherFixture.Cancelled);
        }
        finally
        {
            _sending.Release();
        }

        return await call.Task.WaitAsync(TimeSpan.FromMinutes(2), DispatcherFixture.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _ending.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[1 << 20];
        using MemoryStream message = new();
        while (true)
        {
            WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, _ending.Token);
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            using JsonDocument document = JsonDocument.Parse(message.ToArray());
            message.SetLength(0);
            Take(document.RootElement.Clone());
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("id", out JsonElement id))
        {
            string session = message.TryGetProperty("sessionId", out JsonElement of) ? of.GetString()! : "";
            Received?.Invoke(session, message.GetProperty("method").GetString()!, message.GetProperty("params"));
            return;
        }

        if (!_calls.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? call))
            return;
        if (message.TryGetProperty("error", out JsonElement error))
            call.TrySetException(new InvalidOperationException(error.ToString()));
        else
            call.TrySetResult(message.GetProperty("result"));
    }
}
