using System.Text;
using System.Text.Json;
using Berth.Client.Json;
using Berth.Client.Watching;

namespace Berth.Client.Tests;

/// <summary>The readers of JSON and of event streams.</summary>
public sealed class ParserTests
{
    private const string Stream =
        "\uFEFFretry: 2000\r\n\r\n:heartbeat\n\nevent: snapshot\ndata: {\"a\":\rdata: \"\u00e4\u4e16\U0001F6A2\"}\r\nid: 1-sent\n\n"
        + "event:mark\rdata:{}\r\rid: lost\nevent: lost\n\n\ndata\n\ndata:  two spaces\r\n\r\nevent: half\ndata: ";

    private static readonly string[] s_events =
        ["snapshot {\"a\":\n\"\u00e4\u4e16\U0001F6A2\"}", "mark {}", "message ", "message  two spaces"];

    private static readonly string[] s_texts =
    [
        """{"target":"a/b","version":12,"state":"live","staleSince":null,"age":1.25e-3,"endpoints":[{"pod":"b-0","ready":true}]}""",
        """[0,-0,-1.5E+10,"\u00e4\n\"\\\/\b\f\r\t",{},[],[[]],true,false,null,{"a":{"b":[1,2,{"c":""}]}}]""",
        "\"text\"", " 17 ", "null",
    ];

    [Fact]
    public void Stream_that_is_cut_at_any_two_bytes_gives_the_same_events()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Stream);
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++)
            {
                EventParser parser = new();
                Queue<ServerSentEvent> events = new();
                parser.Push(bytes.AsSpan(0, first), events);
                parser.Push(bytes.AsSpan(first, second - first), events);
                parser.Push(bytes.AsSpan(second), events);
                Assert.Equal(s_events, events.Select(static e => $"{e.Kind} {e.Data}"));
            }
        }
    }

    [Fact]
    public void Event_that_is_too_long_is_refused()
    {
        EventParser parser = new(maxEventBytes: 100);
        byte[] line = Encoding.UTF8.GetBytes($"data: {new string('x', 40)}\n");
        parser.Push(line, new Queue<ServerSentEvent>());
        parser.Push(line, new Queue<ServerSentEvent>());
        Assert.Throws<FormatException>(() => parser.Push(line, new Queue<ServerSentEvent>()));
    }

    [Fact]
    public void Stream_that_is_cut_at_any_byte_resumes_to_the_latest_set()
    {
        string recorded =
            Event("snapshot", 1, """ "endpoints":[POD0,POD1],"leftOut":[],"warnings":[] """) + Source("d-1")
            + Event("changes", 2, """ "changes":[{"pod":"b-0","endpoint":null},{"pod":"b-2","endpoint":POD2}] """) + Source("d-2");
        byte[] bytes = Encoding.UTF8.GetBytes(recorded);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            WatchState state = new(hasOthers: false);
            Read(state, bytes.AsSpan(0, cut));
            state.BeginConnection();
            // The latest state: b-0 is back, b-1 and b-2 have left, b-3 has joined.
            string answer = state.Id switch
            {
                null => Event("snapshot", 3, """ "endpoints":[POD0,POD3],"leftOut":[],"warnings":[] """),
                "d-1" => Event("changes", 3, """ "changes":[{"pod":"b-1","endpoint":null},{"pod":"b-3","endpoint":POD3}] """),
                _ => Event("changes", 3, """
                     "changes":[{"pod":"b-1","endpoint":null},{"pod":"b-2","endpoint":null},{"pod":"b-0","endpoint":POD0},
                    """.Trim() + """ {"pod":"b-3","endpoint":POD3}] """),
            };
            EndpointSnapshot? last = Read(state, Encoding.UTF8.GetBytes(answer + Source("d-3")));
            Assert.Equal("b-0 b-3", string.Join(' ', last!.Endpoints.Select(static pod => pod.Name)));
        }
    }

    [Fact]
    public void Json_is_accepted_and_refused_as_the_standard_says()
    {
        Random random = new(7);
        int accepted = 0;
        foreach (string text in s_texts)
        {
            for (int round = 0; round < 2000; round++)
            {
                string changed = round == 0 ? text : Change(text, random);
                string? expected = Standard(changed);
                string? read = Own(changed);
                Assert.True(expected == read, $"{changed}\n{expected}\n{read}");
                accepted += read is null ? 0 : 1;
            }
        }

        Assert.InRange(accepted, 100, 9900);
    }

    [Fact]
    public void Deep_json_is_refused() =>
        Assert.Throws<FormatException>(() => JsonParser.Parse(new string('[', 100_000) + new string(']', 100_000)));

    private static EndpointSnapshot? Read(WatchState state, ReadOnlySpan<byte> bytes)
    {
        Queue<ServerSentEvent> events = new();
        new EventParser().Push(bytes, events);
        EndpointSnapshot? last = null;
        foreach (ServerSentEvent received in events)
            last = state.Take(received) ?? last;
        return last;
    }

    private static string Source(string id) => $"event: source\ndata: {{\"state\":\"{id}\",\"ageSeconds\":1.5,\"reason\":null}}\n\n";

    /// <summary>An event of a version, with POD0 to POD3 in place of pods.</summary>
    private static string Event(string kind, int version, string members)
    {
        for (int i = 0; i < 4; i++)
        {
            string pod =
                $$"""{"pod":"b-{{i}}","uid":"u{{i}}","ordinal":{{i}},"authority":"10.0.0.1:300{{i}}","addresses":["10.0.0.1"],"""
                + $$""" "ports":[{"name":"","port":300{{i}},"protocol":"TCP"}],"ready":true,"serving":true,"state":"ready"}""";
            members = members.Replace($"POD{i}", pod, StringComparison.Ordinal);
        }

        string head =
            $$"""{"target":"a/b","version":{{version}},"observedAt":"2026-01-01T00:00:00+00:00","state":"live","staleSince":null,""";
        return $"event: {kind}\ndata: {head}{members}}}\n\n";
    }

    private static string Change(string text, Random random)
    {
        const string Characters = "{}[]\",:\\0123456789-+.eEtrufalsn \u0001/xX";
        StringBuilder changed = new(text);
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(changed.Length + 1);
            if (random.Next(3) > 0)
                changed.Insert(at, Characters[random.Next(Characters.Length)]);
            if (random.Next(3) > 0 && at < changed.Length)
                changed.Remove(at, 1);
        }

        return changed.ToString();
    }

    /// <summary>The value in one form, as .NET's parser reads it; null when it refuses it.</summary>
    private static string? Standard(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Form(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Form(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", Members(value)) + "}",
        JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Form)) + "]",
        JsonValueKind.String => "'" + value.GetString() + "'",
        _ => value.GetRawText(),
    };

    private static IEnumerable<string> Members(JsonElement value)
    {
        // If two members have one name, the later one counts.
        Dictionary<string, string> members = new(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
            members[member.Name] = Form(member.Value);
        return members.Select(static member => $"{member.Key}={member.Value}").Order(StringComparer.Ordinal);
    }

    private static string? Own(string text)
    {
        try
        {
            return JsonParser.Parse(text).ToString();
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
