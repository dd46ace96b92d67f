using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Wire;
using CsCheck;

namespace Berth.Kubernetes.Slices;

/// <summary>Compares the decoder with a plain reading of the same document, for any order of keys and any further content.</summary>
public sealed class SliceDecoderTests
{
    private static readonly Gen<JsonNode?> s_noise = Gen.Recursive<JsonNode?>((depth, noise) => depth > 3
        ? Gen.Int.Select(static i => (JsonNode?)i)
        : Gen.OneOf(
            Gen.Const((JsonNode?)null),
            Gen.Int.Select(static i => (JsonNode?)i),
            Gen.String.AlphaNumeric.Select(static s => (JsonNode?)s),
            noise.Array[0, 3].Select(static a => (JsonNode?)new JsonArray([.. a.Select(static n => n?.DeepClone())])),
            noise.Array[0, 3].Select(
                static a => (JsonNode?)new JsonObject(a.Select(static (n, i) => KeyValuePair.Create($"name{i}", n?.DeepClone()))))));

    private static readonly Gen<string?> s_text = Gen.OneOf(
        Gen.Const((string?)null), Gen.String.AlphaNumeric.Select(static s => (string?)s), Gen.Const((string?)"ä\"\\\n😀"));

    private static readonly Gen<JsonNode?> s_flag = Gen.OneOf(Gen.Const((JsonNode?)null), Gen.Bool.Select(static b => (JsonNode?)b));

    private static readonly Gen<(string Name, JsonNode? Value)[]> s_endpoint =
        from address in OneOf("10.0.0.1", "10.0.0.255", "fd00::1", "nonsense", "")
        from flags in s_flag.Array[3]
        from hostname in s_text
        from node in s_text
        from zone in s_text
        from target in Gen.Int[0, 3]
        from uid in s_text
        from name in s_text
        from noise in s_noise
        select new (string, JsonNode?)[]
        {
            ("addresses", new JsonArray(address, "10.9.9.9")),
            (
                "conditions",
                new JsonObject
                {
                    ["terminating"] = flags[0]?.DeepClone(),
                    ["ready"] = flags[1]?.DeepClone(),
                    ["serving"] = flags[2]?.DeepClone(),
                }),
            ("hostname", hostname),
            ("nodeName", node),
            ("zone", zone),
            ("deprecatedTopology", noise?.DeepClone()),
            (
                "targetRef",
                target == 0
                    ? null
                    : new JsonObject
                    {
                        ["uid"] = uid,
                        ["name"] = name,
                        ["fieldPath"] = noise?.DeepClone(),
                        ["kind"] = target == 1 ? "Node" : "Pod",
                    }),
        };

    private static readonly Gen<JsonObject> s_slice =
        from type in OneOf("IPv4", "IPv6", "FQDN", "Other")
        from endpoints in s_endpoint.SelectMany(static fields => Gen.Shuffle(fields)).Array[0, 4]
        from ports in Gen.Int[0, 70000].Array[0, 3]
        from noise in s_noise
        from fields in Gen.Shuffle(new (string, JsonNode?)[]
            {
                ("kind", "EndpointSlice"),
                ("metadata", new JsonObject
                {
                    ["managedFields"] = new JsonArray(noise?.DeepClone()),
                    ["labels"] = new JsonObject { ["a"] = "b", ["kubernetes.io/service-name"] = "svc" },
                    ["resourceVersion"] = "17",
                    ["name"] = "slice",
                    ["annotations"] = new JsonObject { ["x"] = "y" },
                    ["namespace"] = "ns",
                }),
                ("addressType", type),
                (
                    "ports",
                    new JsonArray(
                        [.. ports.Select(static (p, i) => new JsonObject { ["port"] = p == 0 ? null : p, ["name"] = $"p{i}",
                            ["appProtocol"] = "x", ["protocol"] = "UDP" })])),
                (
                    "endpoints",
                    new JsonArray([
                        .. endpoints.Select(
                            static e => new JsonObject(e.Select(static f => KeyValuePair.Create(f.Name, f.Value?.DeepClone()))))
                    ])),
                ("extra", noise?.DeepClone()),
            })
        select new JsonObject(fields.Select(static f => KeyValuePair.Create(f.Item1, f.Item2?.DeepClone())));

    [Fact]
    public void Decoder_agrees_with_a_plain_reader() => s_slice.Sample(
        static json =>
        {
            SliceObject slice = Decode(Encoding.UTF8.GetBytes(json.ToJsonString()));
            Assert.Equal(("slice", "ns", "17", "svc"), (slice.Name, slice.Namespace, slice.ResourceVersion, slice.Service));
            Assert.Equal(PlainPorts(json), slice.Ports);
            IEnumerable<string> expected = ((JsonArray)json["endpoints"]!).Select(static e => Plain((JsonObject)e!));
            Assert.Equal(expected.Order(StringComparer.Ordinal), slice.Endpoints.Select(Described).Order(StringComparer.Ordinal));
        },
        iter: 500);

    [Fact]
    public void Reads_the_same_from_bytes_that_end_anywhere() => s_slice.Sample(
        static json =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json.ToJsonString());
            for (int cut = 0; cut < bytes.Length; cut++)
            {
                Utf8JsonReader reader = new(bytes.AsSpan(0, cut), isFinalBlock: false, default);
                Assert.False(reader.Read() && new SliceDecoder().TryDecode(ref reader, out _));
            }
        },
        iter: 20);

    [Fact]
    public async Task List_in_small_pieces_gives_the_same_list()
    {
        byte[] bytes = Fixture.Bytes("list-260-pods-3-slices.json");
        foreach (int piece in (int[])[1, 7, 4096, 100_000])
        {
            List<SliceObject> items = [];
            using ReadPatience patience = new(Wait.Limit, TimeProvider.System);
            ListAnswer answer = await ListReader.ReadAsync(
                new PiecewiseStream(bytes, piece), isProtobuf: false, new SliceDecoder(), items, patience,
                TestContext.Current.CancellationToken);
            Assert.Equal("2594", answer.ResourceVersion);
            Assert.Equal(260, items.Sum(static s => s.Pods.Length));
        }
    }

    [Fact]
    public void Repeated_names_and_ports_are_kept_once()
    {
        SliceDecoder decoder = new();
        SliceObject one = Decode(Encoding.UTF8.GetBytes(Json.Slice("a", "1", Json.Pod("service-b-0"))), decoder);
        SliceObject two = Decode(Encoding.UTF8.GetBytes(Json.Slice("b", "2", Json.Pod("service-b-1"))), decoder);
        Assert.Same(one.Ports, two.Ports);
        Assert.Same(one.Pods[0].Node, two.Pods[0].Node);
        Assert.Same(one.Pods[0].Zone, two.Pods[0].Zone);
        Assert.Same(one.Namespace, two.Namespace);
    }

    [Fact]
    public void Fields_that_are_not_used_cost_no_memory()
    {
        SliceDecoder decoder = new();
        string plain = Json.Slice("a", "1", Json.Pod("service-b-0"));
        string managed = string.Join(
            ',',
            Enumerable.Range(0, 2000).Select(
                static i => "{\"manager\":\"m" + i + "\",\"fieldsV1\":{\"f:metadata\":{\"f:labels\":{\".\":{}}}}}"));
        byte[] small = Encoding.UTF8.GetBytes(plain);
        byte[] large = Encoding.UTF8.GetBytes(
            plain.Replace("\"namespace\"", $"\"managedFields\":[{managed}],\"namespace\"", StringComparison.Ordinal));
        Decode(small, decoder);
        Decode(large, decoder);
        long forSmall = TestKit.Allocated.AtLeast(() => Decode(small, decoder));
        Assert.InRange(forSmall, 1, small.Length);
        Assert.Equal(forSmall, TestKit.Allocated.AtLeast(() => Decode(large, decoder)));
    }

    [Fact]
    public void Pod_costs_one_object_of_80_bytes_and_an_array_entry()
    {
        SliceDecoder decoder = new();
        byte[] hundred = SliceOf(100);
        byte[] thousand = SliceOf(1000);
        Decode(hundred, decoder);
        Decode(thousand, decoder);
        long forHundred = TestKit.Allocated.AtLeast(() => Decode(hundred, decoder));
        Assert.Equal(900 * (80 + 8), TestKit.Allocated.AtLeast(() => Decode(thousand, decoder)) - forHundred);

        static byte[] SliceOf(int pods) =>
            Encoding.UTF8.GetBytes(Json.Slice("a", "1", [.. Enumerable.Range(0, pods).Select(static i => Pod(i))]));

        static string Pod(int i) => Json.Pod($"service-b-{i}", uid: new Guid(i + 1, 0, 0, new byte[8]).ToString());
    }

    [Theory]
    [InlineData("""{"metadata":{"name":7}}""")]
    [InlineData("""{"metadata":[]}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"}}""")]
    [InlineData("""{"metadata":{"name":"a"},"endpoints":{}}""")]
    [InlineData("""{"metadata":{"name":"a"},"endpoints":[7]}""")]
    [InlineData("""{"metadata":{"name":"a"},"endpoints":[{"addresses":[1]}]}""")]
    [InlineData("""{"metadata":{"name":"a"},"endpoints":[{"conditions":{"ready":"yes"}}]}""")]
    [InlineData("""{"metadata":{"name":"a"},"ports":[{"port":"http"}]}""")]
    [InlineData("""{"metadata":{"name":"\ud800"}}""")]
    public void Fields_of_another_type_are_an_error(string json) =>
        Assert.Throws<ResourceFormatException>(() => Decode(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Invalid_utf8_is_an_error()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("""{"metadata":{"name":"??"}}""");
        bytes[21] = 0xff;
        Assert.Throws<ResourceFormatException>(() => Decode(bytes));
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static SliceObject Decode(byte[] json, SliceDecoder? decoder = null)
    {
        Utf8JsonReader reader = new(json);
        reader.Read();
        Assert.True((decoder ?? new SliceDecoder()).TryDecode(ref reader, out SliceObject? slice));
        return slice;
    }

    private static string Described(ISliceEndpoint e) =>
        $"{(e.HasName ? e.Key.ToString() : null)}|{e.UidValue}|{e.Node}|{e.Zone}|{e.Ready}|{e.Serving}|{e.Terminating}|{e.Address}|" +
        $"{e.Fault?.Reason}";

    private static string Plain(JsonObject e)
    {
        string type = (string)e.Parent!.Parent!["addressType"]!;
        string address = (string)e["addresses"]![0]!;
        JsonObject? target = (JsonObject?)e["targetRef"];
        bool isPod = (string?)target?["kind"] == "Pod";
        string? name = target is null ? (string?)e["hostname"] : isPod ? (string?)target["name"] : null;
        string? uid = isPod ? (string?)target!["uid"] : null;
        bool good = (type == "IPv4" && address is "10.0.0.1" or "10.0.0.255" && type == "IPv4") || (type == "IPv6" && address == "fd00::1");
        LeftOutReason? reason = good ? null : type is "IPv4" or "IPv6" ? LeftOutReason.Malformed : LeftOutReason.NoAddress;
        JsonNode conditions = e["conditions"]!;
        bool ready = (bool?)conditions["ready"] ?? true;
        bool serving = (bool?)conditions["serving"] ?? true;
        bool terminating = (bool?)conditions["terminating"] ?? false;
        string?[] parts =
        [
            string.IsNullOrEmpty(name) ? null : name, string.IsNullOrEmpty(uid) ? null : uid, (string?)e["nodeName"], (string?)e["zone"],
            $"{ready}", $"{serving}", $"{terminating}", good ? address : null, $"{reason}",
        ];
        return string.Join('|', parts);
    }

    private static IEnumerable<EndpointPort> PlainPorts(JsonObject json) => ((JsonArray)json["ports"]!)
        .Where(static p => (int?)p!["port"] is >= 1 and <= 65535)
        .Select(static p => new EndpointPort((string)p!["name"]!, (int)p["port"]!, "UDP"));

    /// <summary>Returns at most this number of bytes for each read.</summary>
    private sealed class PiecewiseStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > piece ? buffer[..piece] : buffer, cancellationToken);
    }
}
