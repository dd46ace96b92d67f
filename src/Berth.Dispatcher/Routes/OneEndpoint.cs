using System.Buffers;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Writing;

namespace Berth.Dispatcher.Routes;

/// <summary>An answer with one endpoint.</summary>
internal static class OneEndpoint
{
    /// <summary>Writes a picked endpoint, or the problem when none could be picked.</summary>
    public static ValueTask WritePickedAsync(
        Exchange exchange, ServedTarget target, EndpointSnapshot snapshot, IEndpointPicker picker, PodChoice choice)
    {
        if (choice.Picked is not { } picked)
            return ProblemWriter.WriteAsync(exchange, Problem.NothingReady(snapshot, picker));
        target.Picks.Increment();
        choice.Tell(exchange);
        return WriteAsync(exchange, target, snapshot, picked, choice);
    }

    public static ValueTask WriteAsync(
        Exchange exchange, ServedTarget target, EndpointSnapshot snapshot, PodEndpoint endpoint, PodChoice choice)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            SnapshotHead.Write(json, snapshot, target.View.Age);
            if (choice.Zone.IsFallback is { } isZoneFallback)
                json.WriteBoolean("zoneFallback"u8, isZoneFallback);
            if (choice.IsClusterFallback is { } isClusterFallback)
                json.WriteBoolean("clusterFallback"u8, isClusterFallback);
            json.WritePropertyName("endpoint"u8);
            EndpointJson.Write(json, endpoint);
            PodSeats.WriteMember(json, target.Seats?.Find(endpoint));
            json.WriteEndObject();
        }

        return exchange.WriteWholeAsync(200, Exchange.Json, buffer.WrittenMemory);
    }
}
