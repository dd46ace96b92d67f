using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Recordings;
using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>
/// Answers of Kubernetes 1.36.2, each recorded twice at the same time: in protobuf and in JSON. In the watch a pod becomes unready,
/// terminates and leaves; at the end the Service is deleted. The others are a list in two pages and the same as a streaming list, a user
/// without the right, and a page and a watch whose version the server no longer keeps.
/// </summary>
public sealed class ProtobufRecordingTests
{
    private static byte[] Stream => Fixture.Bytes("protobuf/watch.pb");

    private static string[] Lines => LinesOf("watch");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A change, a streaming list up to its bookmark, and a version that is too old.</summary>
    [Theory]
    [InlineData("watch", 9)]
    [InlineData("watchlist", 4)]
    [InlineData("watch-gone", 1)]
    public void Recorded_events_agree_with_json_wherever_they_are_cut(string name, int count)
    {
        byte[] stream = Fixture.Bytes($"protobuf/{name}.pb");
        WatchEventDecoder<SliceObject> json = new(new SliceDecoder());
        string[] expected = [.. LinesOf(name).Select(line => EventText.Of(json.Decode(Encoding.UTF8.GetBytes(line))))];
        Assert.Equal(count, expected.Length);

        foreach (int piece in (int[])[1, 7, 1000, int.MaxValue])
            Assert.Equal(expected, Decode(stream, i => i + Math.Min(piece, stream.Length - i)));
        for (int cut = 1; cut < stream.Length; cut++)
            Assert.Equal(expected, Decode(stream, i => i < cut ? cut : stream.Length));
    }

    [Theory]
    [InlineData("page-1", 2)]
    [InlineData("page-2", 1)]
    public async Task Recorded_pages_agree_with_json_wherever_they_are_cut(string name, int count)
    {
        byte[] json = Fixture.Bytes($"protobuf/{name}.json");
        string expected = await ReadListAsync(json, json.Length, isProtobuf: false);
        Assert.Equal(count, expected.Split('\n').Count(static line => line.StartsWith("slice ", StringComparison.Ordinal)));

        byte[] protobuf = Fixture.Bytes($"protobuf/{name}.pb");
        for (int cut = 1; cut <= protobuf.Length; cut++)
            Assert.Equal(expected, await ReadListAsync(protobuf, cut, isProtobuf: true));
    }

    [Theory]
    [InlineData("forbidden", 403, "Forbidden")]
    [InlineData("page-gone", 410, "Expired")]
    public async Task Recorded_refusals_agree_with_json_wherever_they_are_cut(string name, int code, string reason)
    {
        string expected = Describe(KubernetesStatus.Parse(Fixture.Bytes($"protobuf/{name}.json"))!);
        Assert.StartsWith($"{code} {reason} ", expected, StringComparison.Ordinal);

        byte[] protobuf = Fixture.Bytes($"protobuf/{name}.pb");
        for (int cut = 1; cut <= protobuf.Length; cut++)
        {
            await using CutStream stream = new(protobuf, cut);
            Assert.Equal(expected, Describe(KubernetesStatus.Parse(await BoundedBody.ReadAsync(stream, Token))!));
        }
    }

    [Fact]
    public async Task Recorded_pages_are_one_snapshot_and_a_gone_watch_is_listed_again()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        Task<EndpointSnapshot> read = harness.ReadAsync();
        await AnswerAsync(await harness.Api.NextAsync(Token), "page-1");
        ScriptedExchange second = await harness.Api.NextAsync(Token);
        Assert.NotNull(second.Query("continue"));
        await AnswerAsync(second, "page-2");
        RecordedModel model = PagesModel();
        Assert.Equal(model.Describe(), RecordedModel.Describe(await read));

        read = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        Assert.True(watch.IsWatch);
        await watch.StartAsync(contentType: TypeOf("watch-gone"));
        await watch.SendAsync(Fixture.Bytes("protobuf/watch-gone.pb"));

        // The list that follows is refused on its second page, so it is asked for whole.
        await AnswerAsync(await harness.Api.NextAsync(Token), "page-1");
        ScriptedExchange gone = await harness.Api.NextAsync(Token);
        await AnswerAsync(gone, "page-gone");
        ScriptedExchange whole = await harness.Api.NextAsync(Token);
        Assert.Equal((false, null, null), (whole.IsWatch, whole.Query("continue"), whole.Query("limit")));
        await whole.AnswerAsync(200, Json.List("400"));
        Assert.Empty((await read).Endpoints);
    }

    [Fact]
    public async Task Recorded_streaming_list_is_a_snapshot_at_its_bookmark()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { StreamingLists = true });
        Task<EndpointSnapshot> read = harness.ReadAsync();
        ScriptedExchange list = await harness.Api.NextAsync(Token);
        Assert.Equal("true", list.Query("sendInitialEvents"));
        await list.StartAsync(contentType: TypeOf("watchlist"));
        byte[] stream = Fixture.Bytes("protobuf/watchlist.pb");
        await list.SendAsync(stream.AsMemory(0, stream.Length - 1));
        Assert.False(read.IsCompleted);
        await list.SendAsync(stream.AsMemory(stream.Length - 1));

        Assert.Equal(PagesModel().Describe(), RecordedModel.Describe(await read));
    }

    [Fact]
    public async Task Recorded_refusal_names_the_user_and_the_right()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        Task<EndpointSourceException> failure = harness.FailAsync();
        await AnswerAsync(await harness.Api.NextAsync(Token), "forbidden");

        KubernetesApiException refused = Assert.IsType<KubernetesApiException>((await failure).InnerException);
        Assert.Equal((403, "Forbidden"), (refused.StatusCode, refused.Reason));
        Assert.Contains("User \"lobby\" cannot list resource \"endpointslices\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recorded_watch_is_followed_event_by_event()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, Json.List("200"));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync(contentType: TypeOf("watch"));

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

    private static string[] LinesOf(string name) =>
        Fixture.Text($"protobuf/{name}.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string TypeOf(string name) => Fixture.Text($"protobuf/{name}.headers").Split('\n')
        .First(static line => line.StartsWith("content-type: ", StringComparison.Ordinal))["content-type: ".Length..].Trim();

    private static async Task AnswerAsync(ScriptedExchange exchange, string name)
    {
        await exchange.StartAsync(Fixture.Status($"protobuf/{name}"), TypeOf(name));
        await exchange.SendAsync(Fixture.Bytes($"protobuf/{name}.pb"));
        exchange.End();
    }

    private static RecordedModel PagesModel()
    {
        RecordedModel model = new(Fixture.Text("protobuf/page-1.json"));
        foreach (JsonNode? slice in JsonNode.Parse(Fixture.Text("protobuf/page-2.json"))!["items"]!.AsArray())
            model.Apply($$"""{"type":"ADDED","object":{{slice!.ToJsonString()}}}""");
        return model;
    }

    /// <summary>Decodes a watch. The function returns the end of the piece that starts at a position.</summary>
    private static List<string> Decode(byte[] stream, Func<int, int> endOfPiece)
    {
        ProtobufEventDecoder<SliceObject> protobuf = new(new SliceDecoder().Protobuf!, "EndpointSlice");
        List<string> read = [];
        using WatchFraming framing = new(isProtobuf: true);
        for (int at = 0; at < stream.Length;)
        {
            Memory<byte> memory = framing.GetMemory();
            int count = Math.Min(endOfPiece(at) - at, memory.Length);
            stream.AsSpan(at, count).CopyTo(memory.Span);
            framing.Advance(count);
            at += count;
            while (framing.TryTake(out ReadOnlySpan<byte> message))
                read.Add(EventText.Of(protobuf.Decode(message.ToArray())));
        }

        Assert.Equal(0, framing.Pending);
        return read;
    }

    private static async Task<string> ReadListAsync(byte[] bytes, int cut, bool isProtobuf)
    {
        List<SliceObject> items = [];
        using ReadPatience patience = new(Wait.Limit, TimeProvider.System);
        await using CutStream stream = new(bytes, cut);
        ListAnswer answer = await ListReader.ReadAsync(stream, isProtobuf, new SliceDecoder(), items, patience, Token);
        return $"{answer.Kind} {answer.ApiVersion} {answer.ResourceVersion} {answer.Continue}\n"
            + string.Join('\n', items.Select(static s => $"slice {s.Name} {s.Namespace} {s.ResourceVersion} {EventText.OfSlice(s)}"));
    }

    private static string Describe(KubernetesStatus status) =>
        $"{status.Code} {status.Reason} {status.Message} {status.RetryAfterSeconds} {status.IsExpired} {string.Join(' ', status.Causes)}";
}
