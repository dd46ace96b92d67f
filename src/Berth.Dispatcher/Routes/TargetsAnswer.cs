using System.Buffers;
using System.Text;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Pods;
using Berth.Writing;

namespace Berth.Dispatcher.Routes;

/// <summary><c>GET /v1/targets</c>: the targets that the caller may ask for, and the state of each.</summary>
internal sealed class TargetsAnswer(DispatcherState state)
{
    private readonly CompressedPage _compressed = new(state.Turns);

    public ValueTask AnswerAsync(Exchange exchange)
    {
        Caller? caller = exchange.Caller;
        ServedTarget[] targets = [.. state.Targets.Where(target => caller is null || caller.MayAskFor(target.View.Target))];
        EndpointSnapshot?[] snapshots = [.. targets.Select(static target => target.View.Current)];
        int[] clashes = [.. targets.Zip(snapshots, CountClashes)];
        string tag = TagOf(targets, snapshots, clashes);
        LargeAnswer.TellVary(exchange);
        return exchange.IsNotModified(tag) ? ValueTask.CompletedTask : LargeAnswer.WriteAsync(
            exchange, () => _compressed, tag, Format(targets, snapshots, clashes), static (_, _) => ValueTask.CompletedTask, state.Time);
    }

    private int CountClashes(ServedTarget target, EndpointSnapshot? snapshot) =>
        snapshot is null ? 0 : target.Clashes.Find(snapshot.FindPortClashes(), state.FindClashes()).Clashes.Count;

    private string TagOf(ServedTarget[] targets, EndpointSnapshot?[] snapshots, int[] clashes)
    {
        StringBuilder all = new();
        for (int i = 0; i < targets.Length; i++)
            all.Append(targets[i].Name).Append(' ').Append(snapshots[i] is { } s ? EntityTag.IdOf("", s) : "").Append(' ')
                .Append(clashes[i]).Append('\n');
        return $"W/\"{state.Epoch}-{KeyHash.Of(all.ToString()):x}\"";
    }

    private static ReadOnlyMemory<byte> Format(ServedTarget[] targets, EndpointSnapshot?[] snapshots, int[] clashes)
    {
        ArrayBufferWriter<byte> buffer = new(256 + (targets.Length * 256));
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartArray("targets"u8);
            for (int i = 0; i < targets.Length; i++)
                Write(json, targets[i], snapshots[i], clashes[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ServedTarget target, EndpointSnapshot? snapshot, int clashes)
    {
        json.WriteStartObject();
        if (snapshot is not null)
        {
            SnapshotHead.Write(json, snapshot, target.View.Age);
            json.WriteNumber("endpoints"u8, snapshot.Endpoints.Count);
            json.WriteNumber("available"u8, snapshot.Available.Count);
            json.WriteNumber("leftOut"u8, snapshot.LeftOut.Count);
            json.WriteNumber("portClashes"u8, clashes);
        }
        else
        {
            json.WriteString("target"u8, target.Name);
            json.WriteString("state"u8, "not-listed"u8);
            json.WriteString("reason"u8, target.View.Failure?.Message);
        }

        json.WriteEndObject();
    }
}
