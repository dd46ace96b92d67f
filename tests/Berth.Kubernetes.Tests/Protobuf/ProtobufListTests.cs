using System.Text.Json.Nodes;
using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>
/// Lists in protobuf give the same results as the same lists in JSON, however the bytes are divided. A broken one is an error, never a
/// list.
/// </summary>
public sealed class ProtobufListTests
{
    public static TheoryData<string> Lists =>
        ["list-3-ready", "list-260-pods-3-slices", "list-deployment-pods", "list-empty-selector", "list-named-ports-dual-stack",
            "list-second-service-no-hostname", "page-1", "page-2"];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Protobuf_agrees_with_json(string name)
    {
        byte[] json = Fixture.Bytes(name + ".json");
        byte[] protobuf = ProtobufWire.List(JsonNode.Parse(json)!);
        string expected = await ReadAsync(json, isProtobuf: false, 4096);
        foreach (int piece in (int[])[1, 7, 4096, 1_000_000])
            Assert.Equal(expected, await ReadAsync(protobuf, isProtobuf: true, piece));
    }

    [Fact]
    public async Task Protobuf_agrees_with_json_for_fields_controllers_do_not_write()
    {
        string json = Json.List("9", """
            {"metadata":{"name":"odd","namespace":"k8s-example2","resourceVersion":"8"},"addressType":"IPv4","ports":[{"name":"a"},{"name":"b","port":70000},{"port":80}],"endpoints":[
            {"addresses":["10.0.0.1","10.0.0.2"],"conditions":{}},{"addresses":["010.0.0.1"],"hostname":"x-1"},{"addresses":[],"hostname":"x-2"},
            {"addresses":["10.0.0.3"],"hostname":"x-007","nodeName":"ä","zone":""},{"addresses":["10.0.0.3"],"targetRef":{"kind":"Node","name":"n-1"}},
            {"addresses":["10.0.0.3"],"targetRef":{"kind":"Pod","name":"x-99999999999","uid":"NOT-A-UUID"}},
            {"addresses":["10.0.0.3"],"targetRef":{"kind":"Pod","name":"x-5","namespace":"other","uid":"9D9A5E1C-0000-4000-8000-000000000000"}}]}
            """);
        Assert.Equal(
            await ReadAsync(System.Text.Encoding.UTF8.GetBytes(json), isProtobuf: false, 4096),
            await ReadAsync(ProtobufWire.List(JsonNode.Parse(json)!), isProtobuf: true, 4096));
    }

    [Fact]
    public async Task List_cut_before_the_end_of_its_items_is_an_error()
    {
        byte[] list = ProtobufWire.List(JsonNode.Parse(Fixture.Bytes("list-3-ready.json"))!);
        // Behind the list stand two empty fields of two bytes each.
        for (int length = 0; length < list.Length - 4; length++)
            await Assert.ThrowsAsync<ResourceFormatException>(() => ReadAsync(list[..length], isProtobuf: true, 4096));
        await Assert.ThrowsAsync<ResourceFormatException>(() => ReadAsync(list[..^1], isProtobuf: true, 4096));
    }

    [Fact]
    public async Task Damaged_list_is_a_list_or_an_error()
    {
        byte[] list = ProtobufWire.List(JsonNode.Parse(Fixture.Bytes("list-3-ready.json"))!);
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. list];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                await ReadAsync(damaged, isProtobuf: true, 100_000);
            }
            catch (ResourceFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 19_000);
    }

    [Fact]
    public async Task Another_kind_is_an_error()
    {
        byte[] pods = ProtobufWire.Envelope("v1", "PodList", new ProtobufWire().Message(1, static meta => meta.Text(2, "7")).Bytes);
        ResourceFormatException error = await Assert.ThrowsAsync<ResourceFormatException>(() => ReadAsync(pods, isProtobuf: true, 4096));
        Assert.Contains("'PodList'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_version_it_is_an_error() => await Assert.ThrowsAsync<ResourceFormatException>(
        () =>
            ReadAsync(
                ProtobufWire.Envelope(
                    "discovery.k8s.io/v1", "EndpointSliceList", new ProtobufWire().Message(1, static meta => meta.Text(2, "")).Bytes),
                isProtobuf: true, 4096));

    [Fact]
    public async Task Json_in_place_of_protobuf_is_an_error()
    {
        ResourceFormatException error = await Assert.ThrowsAsync<ResourceFormatException>(
            () => ReadAsync(Fixture.Bytes("list-3-ready.json"), isProtobuf: true, 4096));
        Assert.Contains("protobuf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_states_an_absurd_length_is_refused_without_reading_on()
    {
        byte[] list = new ProtobufWire().Raw("k8s\0"u8).Raw([0x12, 0xff, 0xff, 0xff, 0xff, 0x7f]).Bytes;
        await Assert.ThrowsAsync<ResourceFormatException>(() => ReadAsync(list, isProtobuf: true, 4096));
    }

    private static async Task<string> ReadAsync(byte[] bytes, bool isProtobuf, int piece)
    {
        List<SliceObject> items = [];
        using ReadPatience patience = new(Wait.Limit, TimeProvider.System);
        using Pieces stream = new(bytes, piece);
        ListAnswer answer = await ListReader.ReadAsync(
            stream, isProtobuf, new SliceDecoder(), items, patience, TestContext.Current.CancellationToken);
        return $"{answer.ResourceVersion} {answer.Continue}\n" + string.Join('\n', items.Select(Text));
    }

    private static string Text(SliceObject s) =>
        $"{s.Name} {s.Namespace} {s.ResourceVersion} {s.Service} {s.AddressType} "
            + $"{string.Join(' ', s.Ports)}\n{string.Join('\n', s.Endpoints.Select(Text))}";

    private static string Text(ISliceEndpoint e) =>
        $"{(e.HasName ? "" : "nameless")} {e.Key} {e.UidValue} {e.Node ?? "-"} {e.Zone ?? "-"} {e.Ready} {e.Serving} {e.Terminating} "
            + $"{e.Address} {e.Fault}";

    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
