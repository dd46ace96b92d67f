using System.Buffers.Binary;
using System.Text.Json;
using Berth.Seats.Wire;

namespace Berth.Seats.Server;

/// <summary>
/// <c>GET /v1/watch</c>: the state of the desk as server-sent events, the first at once. Changes that come together are one event.
/// </summary>
internal sealed class StateStream(SeatDesk desk, CancellationToken ending)
{
    /// <summary>The time after which a comment shows that the desk still works.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    /// <summary>The shortest time between two events.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    public async Task RunAsync(DeskExchange exchange)
    {
        exchange.Begin(200, "text/event-stream");
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(exchange.Aborted, ending);
        SeatDeskState? sent = null;
        long position = 0;
        while (!both.IsCancellationRequested)
        {
            SeatDeskState state = desk.State;
            // The keys are read after the state, so that a key may be sent before its state, but never after it.
            (ulong[] keys, position) = desk.KeysSince(position);
            Write(exchange, state == sent && keys.Length == 0 ? null : state, keys);
            sent = state;
            await exchange.Body.FlushAsync(both.Token).ConfigureAwait(false);
            Task<bool> change = desk.WaitForChangeAsync(state);
            await ((Task)change).WaitAsync(Heartbeat, desk.Time, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (change.IsCompletedSuccessfully && !await change.ConfigureAwait(false))
                return;
            if (change.IsCompleted)
                await Task.Delay(s_pause, desk.Time, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Write(DeskExchange exchange, SeatDeskState? state, ulong[] keys)
    {
        if (state is null)
        {
            "\n:\n"u8.CopyTo(exchange.Body.GetSpan(3));
            exchange.Body.Advance(3);
            return;
        }

        byte[]? hashes = keys.Length == 0 ? null : new byte[8 * keys.Length];
        for (int i = 0; i < keys.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(hashes.AsSpan(8 * i), keys[i]);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(StateMessage.Of(desk, state, hashes), WireJson.Default.StateMessage);
        ReadOnlySpan<byte> before = "data: "u8;
        Span<byte> span = exchange.Body.GetSpan(before.Length + json.Length + 2);
        before.CopyTo(span);
        json.CopyTo(span[before.Length..]);
        "\n\n"u8.CopyTo(span[(before.Length + json.Length)..]);
        exchange.Body.Advance(before.Length + json.Length + 2);
    }
}
