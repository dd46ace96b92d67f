using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Kubernetes.Recordings;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>
/// One watch of Kubernetes 1.36.2, recorded twice at the same time: in protobuf and in JSON. A pod becomes unready, terminates and leaves;
/// at the end the Service is deleted.
/// </summary>
public sealed class ProtobufRecordingTests
{
    private static byte[] Stream => Fixture.Bytes("protobuf/watch.pb");

    private static string[] Lines => Fixture.Text("protobuf/watch.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void Recorded_events_agree_with_json_wherever_they_were_cut(int piece)
    {
        ProtobufEventDecoder<SliceObject> protobuf = new(new SliceDecoder().Protobuf!, "EndpointSlice");
        WatchEventDecoder<SliceObject> json = new(new SliceDecoder());
        List<string> read = [];
        using WatchFraming framing = new(isProtobuf: true);
        byte[] stream = Stream;
        for (int at = 0; at < stream.Length;)
        {
            Memory<byte> memory = framing.GetMemory();
            int count = Math.Min(Math.Min(piece, stream.Length - at), memory.Length);
            stream.AsSpan(at, count).CopyTo(memory.Span);
            framing.Advance(count);
            at += count;
            while (framing.TryTake(out ReadOnlySpan<byte> message))
                read.Add(EventText.Of(protobuf.Decode(message.ToArray())));
        }

        Assert.Equal(Lines.Select(line => EventText.Of(json.Decode(Encoding.UTF8.GetBytes(line)))), read);
        Assert.Equal(0, framing.Pending);
    }

    [Fact]
    public async Task Recorded_watch_is_followed_event_by_event()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, Json.List("200"));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        string type = Fixture.Text("protobuf/watch.headers").Split('\n')
            .First(static line => line.StartsWith("content-type: ", StringComparison.Ordinal))["content-type: ".Length..].Trim();
        await watch.StartAsync(contentType: type);

        RecordedModel model = new(null);
        int at = 0;
        int shown = 0;
        foreach (string line in Lines)
        {
            int length = sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(Stream.AsSpan(at));
            await watch.SendAsync(Stream.AsMemory(at, length));
            at += length;
            if ((string?)JsonNode.Parse(line)!["type"] == "BOOKMARK")
                continue;
            model.Apply(line);
            EndpointSnapshot snapshot = await next;
            while (model.Describe() != RecordedModel.Describe(snapshot))
                snapshot = await harness.ReadAsync();
            next = harness.ReadAsync();
            shown++;
        }

        Assert.Equal((Stream.Length, 7), (at, shown));
    }
}
