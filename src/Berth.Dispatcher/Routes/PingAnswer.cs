using System.Buffers;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Writing;

namespace Berth.Dispatcher.Routes;

/// <summary><c>GET /v1/ping</c>: for each zone one pod that answers UDP datagrams, so that a client finds the zone nearest to it.</summary>
internal sealed class PingAnswer(DispatcherState state, ServiceTarget pings)
{
    public ValueTask AnswerAsync(Exchange exchange)
    {
        if (state.Find(pings) is not { } target)
            return ProblemWriter.WriteAsync(exchange, Problem.UnknownTarget(pings, state.TargetNames));
        if (target.View.Current is not { } snapshot)
            return ProblemWriter.WriteAsync(exchange, Problem.NotListed(target.View));
        if (target.View.IsTooStale)
            return ProblemWriter.WriteAsync(exchange, Problem.TooStale(target.View));
        // Take one responder of a zone at random: one responder alone could not answer all clients.
        List<PodEndpoint> responders = [];
        foreach (EndpointSnapshot zone in target.Zones.FindAll(snapshot))
        {
            if (zone.TryPickRandom(out PodEndpoint? picked))
                responders.Add(picked);
        }

        return responders.Count == 0
            ? ProblemWriter.WriteAsync(exchange, Problem.NothingReady(snapshot, RandomPicker.Shared))
            : exchange.WriteWholeAsync(200, Exchange.Json, Format(target, snapshot, responders));
    }

    private static ReadOnlyMemory<byte> Format(ServedTarget target, EndpointSnapshot snapshot, List<PodEndpoint> responders)
    {
        ArrayBufferWriter<byte> buffer = new(512 + (responders.Count * 512));
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            SnapshotHead.Write(json, snapshot, target.View.Age);
            json.WriteStartArray("responders"u8);
            foreach (PodEndpoint responder in responders)
                EndpointJson.Write(json, responder);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
