using System.Text.Json;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Assembly;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Fuzz.Targets;

/// <summary>Data from an API server: lists and events of slices, read into the table and a snapshot.</summary>
internal static class SliceTargets
{
    // An endpoint of a slice is at least {} with a comma: some hundred bytes of objects for three bytes.
    private const int BytesPerByte = 600;

    public static FuzzTarget List { get; } = new(
        "slice-list", ReadList, static e => e is JsonException or ResourceFormatException, BytesPerByte);

    public static FuzzTarget ListInProtobuf { get; } = new(
        "slice-list-protobuf", ReadListInProtobuf, static e => e is ResourceFormatException, BytesPerByte);

    /// <summary>A refusal, in the form of a server that was asked for protobuf. It is read, or it is no refusal.</summary>
    public static FuzzTarget StatusInProtobuf { get; } = new(
        "status-protobuf", static input => ProtobufStatus.Parse(input), static _ => false, BytesPerByte);

    public static FuzzTarget Event { get; } = new("slice-event", ReadEvent, static e => e is ResourceFormatException, BytesPerByte);

    public static FuzzTarget EventInProtobuf { get; } = new(
        "slice-event-protobuf", ReadEventInProtobuf, static e => e is ResourceFormatException, BytesPerByte);

    private static void ReadList(byte[] input)
    {
        List<SliceObject> items = [];
        ListParser<SliceObject> parser = new(new SliceDecoder(), items);
        // In two pieces, so that the part at the cut is read again.
        int done = parser.Consume(input.AsSpan(0, input.Length / 2), final: false);
        parser.Consume(input.AsSpan(done), final: true);
        Publish(items);
    }

    private static void ReadListInProtobuf(byte[] input)
    {
        List<SliceObject> items = [];
        ProtobufListParser<SliceObject> parser = new(new SliceDecoder().Protobuf!, items);
        int done = parser.Consume(input.AsSpan(0, input.Length / 2), final: false);
        parser.Consume(input.AsSpan(done), final: true);
        Publish(items);
    }

    private static void ReadEvent(byte[] input)
    {
        WatchEvent<SliceObject> read = new WatchEventDecoder<SliceObject>(new SliceDecoder()).Decode(input);
        if (read.Object is { } slice)
            Publish([slice]);
    }

    private static void ReadEventInProtobuf(byte[] input)
    {
        WatchEvent<SliceObject> read = new ProtobufEventDecoder<SliceObject>(new SliceDecoder().Protobuf!, "EndpointSlice").Decode(input);
        if (read.Object is { } slice)
            Publish([slice]);
    }

    /// <summary>Creates a snapshot of the accepted data, which must succeed.</summary>
    private static void Publish(List<SliceObject> slices)
    {
        ServiceTarget target = new("k8s-example2", "service-b");
        PortScheme ports = PortScheme.PerOrdinal(3000);
        SnapshotBuilder builder = new(target, ports);
        SliceTable table = new(
            new PodResolver(target, ports, AddressRules.Internal), builder, new FakeTimeProvider());
        foreach (SliceObject slice in slices)
            table.Apply(slice);
        EndpointSnapshot snapshot = builder.Build();
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
        {
            if (endpoint.Port is < 1 or > 65535 || endpoint.Addresses.Count == 0 || endpoint.Ordinal is null or < 0)
                throw new InvalidOperationException($"A snapshot holds {endpoint}.");
        }
    }
}
