using System.Text;
using System.Text.Json.Nodes;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>Events in protobuf give the same results as the same events in JSON. A broken one is an error, never an event.</summary>
public sealed class ProtobufEventTests
{
    public static TheoryData<string> Watches => ["watch-life", "watch-terminating", "watch-gone", "watch-260-scale", "watchlist"];

    [Theory]
    [MemberData(nameof(Watches))]
    public void Protobuf_agrees_with_json(string name)
    {
        WatchEventDecoder<SliceObject> json = new(new SliceDecoder());
        int events = 0;
        foreach (string line in Fixture.Text(name + ".jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JsonNode node = JsonNode.Parse(line)!;
            Assert.Equal(
                EventText.Of(json.Decode(Encoding.UTF8.GetBytes(line))),
                EventText.Of(Decode(ProtobufWire.EventMessage((string?)node["type"], node["object"]))));
            events++;
        }

        Assert.True(events > 0);
    }

    [Fact]
    public void Event_in_an_envelope_is_read_too() =>
        Assert.Equal("s", Decode(ProtobufWire.Envelope("v1", "WatchEvent", Event("ADDED", Json.Slice("s", "5")))).Name);

    [Fact]
    public void Bookmark_marks_the_end_of_a_streaming_list()
    {
        Assert.True(Decode(Event("BOOKMARK", Json.Bookmark("9", initialEventsEnd: true))).InitialEventsEnd);
        Assert.False(Decode(Event("BOOKMARK", Json.Bookmark("9"))).InitialEventsEnd);
    }

    [Fact]
    public void Deletion_needs_its_name_alone()
    {
        WatchEvent<SliceObject> read = Decode(Event("DELETED", """{"metadata":{"name":"s"}}"""));
        Assert.Equal((WatchEventKind.Deleted, "s", ""), (read.Kind, read.Name, read.Version));
        Assert.Throws<ResourceFormatException>(() => Decode(Event("DELETED", "{}")));
    }

    [Fact]
    public void Error_carries_its_status() => Assert.True(Decode(Event("ERROR", Json.Expired)).Status!.IsExpired);

    [Fact]
    public void Unknown_type_is_ignored()
    {
        Assert.Equal(WatchEventKind.Unknown, Decode(Event("RUMOUR", Json.Slice("s", "5"))).Kind);
        Assert.Equal(WatchEventKind.Unknown, Decode(ProtobufWire.EventMessage("RUMOUR", null)).Kind);
    }

    [Fact]
    public void Message_that_is_not_an_event_is_an_error()
    {
        byte[] slice = Event("ADDED", Json.Slice("s", "5", Json.Pod("service-b-0")));
        byte[] pod = new ProtobufWire().Text(1, "ADDED").Message(2, static raw => raw.Field(1, ProtobufWire.Envelope("v1", "Pod", [])))
            .Bytes;
        byte[] json = new ProtobufWire().Text(1, "ADDED").Message(2, static raw => raw.Text(1, Json.Slice("s", "5"))).Bytes;
        byte[][] broken =
        [
            [], [7], "{}"u8.ToArray(), ProtobufWire.EventMessage("ADDED", null), ProtobufWire.EventMessage(null, JsonNode.Parse("{}")),
            Event("ADDED", "{}"), pod, json, slice[..^1], slice[1..],
        ];
        foreach (byte[] message in broken)
            Assert.Throws<ResourceFormatException>(() => Decode(message));
    }

    [Fact]
    public void Damaged_event_is_an_event_or_an_error()
    {
        byte[] whole = Event("MODIFIED", Json.Slice("s", "5", Json.Pod("service-b-0"), Json.Pod("service-b-1")));
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Decode(damaged);
            }
            catch (ResourceFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 19_000);
    }

    private static WatchEvent<SliceObject> Decode(byte[] message) =>
        new ProtobufEventDecoder<SliceObject>(new SliceDecoder().Protobuf!, "EndpointSlice").Decode(message);

    private static byte[] Event(string type, string json) => ProtobufWire.EventMessage(type, JsonNode.Parse(json));
}
