using System.Net;
using System.Text;
using Berth.Remote.Wire;
using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>
/// Pods that are written as a dispatcher writes them are read without a reader of JSON. What is taken like that is taken as that reader
/// would: a space in front of a pod leaves it to the reader.
/// </summary>
public sealed class PlainPodTests
{
    private static readonly (string Pod, bool IsPlain)[] s_pods =
    [
        (Json(7), true),
        (Json(7, ports: "{'name':'game','port':3007,'protocol':'UDP'},{'name':'admin','port':4007,'protocol':'TCP'}"), true),
        (Json(7, node: "null", zone: "null"), true),
        (Json(7, addresses: "'2001:db8::7'"), true),
        (Json(7, conditions: "'ready':false,'serving':true,'terminating':true,'state':'draining'"), true),
        (Json(7, conditions: "'ready':true,'serving':true,'terminating':false,'state':'cordoned'"), true),
        (Json(7, zone: "'zone-a','cluster':'east'"), true),
        (Json(7, zone: "'zone-a','cluster':null"), false),
        (Json(7, node: $"'{new string('n', 200)}'"), false),
        (Json(7, zone: "'z\u00fcrich'"), false),
        (Json(7, zone: "'a \\u0062'"), false),
        (Json(7, uid: "'of no UUID'"), false),
        (Json(7, uid: "null"), false),
        (Json(7, addresses: "'127.0.0.1','::1'"), false),
        (Json(7, addresses: "'127.0.0.1'],'host':'service-b-7.example.com','other':["), false),
    ];

    [Fact]
    public void Usual_pods_are_plain_and_others_are_not()
    {
        foreach ((string json, bool isPlain) in s_pods)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json + ",{}");
            PodReader reader = new(TestPods.Target, PortScheme.FromService(), null);

            int length = reader.ReadPlain(bytes, out PodEndpoint? pod);

            Assert.True(length == (isPlain ? bytes.Length - 3 : 0), $"{length} bytes of {json}");
            Assert.Equal(isPlain ? Read(bytes[..^3], isForced: true).Split('\n')[1] : "", pod is null ? "" : TextOf(pod));
            // One that is not all there is not read.
            for (int cut = 0; cut < bytes.Length - 3; cut++)
                Assert.Equal(0, reader.ReadPlain(bytes.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void Pod_with_any_byte_changed_is_read_as_any_JSON()
    {
        foreach ((string json, _) in s_pods)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(json);
            for (int at = 0; at < bytes.Length; at++)
            {
                byte before = bytes[at];
                foreach (byte other in "\"\\09-x, }]\n\u0001"u8)
                {
                    bytes[at] = other;
                    string expected = Read(bytes, isForced: true);
                    string actual = Read(bytes, isForced: false);
                    Assert.True(expected == actual, $"{Encoding.UTF8.GetString(bytes)}: '{actual}' in place of '{expected}'");
                }

                bytes[at] = before;
            }
        }
    }

    [Fact]
    public void Plain_pods_are_read_however_the_data_is_divided()
    {
        byte[][] pods =
            [.. Enumerable.Range(0, 300).Select(static i => Encoding.UTF8.GetBytes(Json(i, node: i % 50 == 0 ? "'\u00fc'" : "'node-1'")))];
        byte[] data = EventOf(pods, isForced: false);
        string expected = Read(EventOf(pods, isForced: true), int.MaxValue);

        Assert.Contains("service-b-299", expected, StringComparison.Ordinal);
        foreach (int piece in (int[])[1, 7, 100, 1000, 4096, 32 * 1024, 40_000])
            Assert.Equal(expected, Read(data, piece));
    }

    [Fact]
    public async Task Dispatcher_writes_pods_in_the_plain_form()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        PodEndpoint[] pods = [.. Enumerable.Range(0, 3).Select(static i => PodEndpoint.Create(
            $"service-b-{i}", "k8s-example2", [IPAddress.Parse("10.88.0.7")], [new EndpointPort("game", 3000 + i, "UDP")], i,
            $"c3a5a9f0-2b1d-4dd8-40c3-{i:x12}", "node-1", "zone-1"))];
        await a.PublishAsync(pods);

        byte[] answer = await CutServer.RecordAsync(a.Port, static () => Task.CompletedTask, "\"endpoints\":[", "\"state\":\"a-1-live\"");

        string text = Encoding.UTF8.GetString(answer);
        byte[] rest = answer[(answer.AsSpan().IndexOf("\"endpoints\":["u8) + "\"endpoints\":[".Length)..];
        PodReader reader = new(TestPods.Target, PortScheme.FromService(), null);
        foreach (PodEndpoint expected in pods)
        {
            int length = reader.ReadPlain(rest, out PodEndpoint? pod);
            Assert.Equal(TextOf(expected), pod is null ? text : TextOf(pod));
            rest = rest[(length + 1)..];
        }
    }

    /// <summary>The pod as a dispatcher writes it, apart from what is given.</summary>
    private static string Json(
        int ordinal, string? uid = null, string addresses = "'10.88.0.7'", string? ports = null, string node = "'node-1'",
        string zone = "'zone-1'", string conditions = "'ready':true,'serving':true,'terminating':false,'state':'ready'")
    {
        int port = 3000 + ordinal;
        uid ??= $"'c3a5a9f0-2b1d-4dd8-40c3-{ordinal:x12}'";
        ports ??= $"{{'name':'','port':{port},'protocol':'TCP'}}";
        string json = $"{{'pod':'service-b-{ordinal}','uid':{uid},'ordinal':{ordinal},'authority':'10.88.0.7:{port}','address':'10.88.0.7',"
            + $"'addresses':[{addresses}],'port':{port},'ports':[{ports}],'node':{node},'zone':{zone},{conditions}}}";
        return json.Replace('\'', '"');
    }

    private static string TextOf(PodEndpoint pod) =>
        $"{pod.Name} {pod.Ordinal} {pod.Uid} {string.Join(',', pod.Addresses)} {string.Join(',', pod.Ports)} {pod.Host} {pod.Node} "
        + $"{pod.Zone} {pod.Ready} {pod.Serving} {pod.Terminating} {pod.State}";

    /// <summary>The pod between two others, or why it is refused.</summary>
    private static string Read(byte[] pod, bool isForced) =>
        Read(EventOf([Encoding.UTF8.GetBytes(Json(0)), pod, Encoding.UTF8.GetBytes(Json(9))], isForced), int.MaxValue);

    private static byte[] EventOf(byte[][] pods, bool isForced)
    {
        using MemoryStream data = new();
        data.Write("{\"target\":\"k8s-example2/service-b\",\"version\":1,\"endpoints\":["u8);
        for (int i = 0; i < pods.Length; i++)
        {
            // A refusal repeats the data that follows. So of three pods only the middle one has the space.
            data.Write(i == 0 ? ""u8 : isForced && (i == 1 || pods.Length > 3) ? ", "u8 : ","u8);
            data.Write(pods[i]);
        }

        data.Write("],\"leftOut\":[],\"warnings\":[]}"u8);
        return data.ToArray();
    }

    /// <summary>The pods of an event's data, or why it is refused.</summary>
    private static string Read(byte[] data, int piece)
    {
        WatchReader reader = new(TestPods.Target, PortScheme.FromService(), null);
        try
        {
            reader.Begin("snapshot"u8);
            foreach (byte[] part in data.Chunk(Math.Min(piece, data.Length)))
                reader.Append(part);
            WatchMessage.Content content = (WatchMessage.Content)reader.End();
            return string.Join('\n', content.Endpoints.SelectMany(static pods => pods).Select(TextOf));
        }
        catch (WatchFormatException exception)
        {
            return exception.Message;
        }
    }
}
