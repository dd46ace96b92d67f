using System.Text.Json;
using Berth.Cli.Tests.Running;
using Berth.TestKit.Dns;

namespace Berth.Cli.Tests.Commands;

/// <summary>Service A over pods from DNS, a file and a list, as a program on real sockets.</summary>
public sealed class DispatchSourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pods_of_a_list_are_answered()
    {
        (BerthProcess process, HttpClient client) = Start(
            "games/lobby", "--source", "static", "--pod", "lobby-0=10.88.0.10", "--pod", "games/lobby/lobby-2=10.88.0.11:5000");
        await using (process)
        using (client)
        {
            Assert.Equal("lobby-0=10.88.0.10:4000 lobby-2=10.88.0.11:5000", await UntilAsync(client, "games/lobby", "live", "lobby-2"));
            Assert.Matches("^10\\.88\\.0\\.1[01]:[45]000$", await client.GetStringAsync("/", Token));
            process.Signal(BerthProcess.Terminate);
            Assert.Equal(0, (await process.WaitForEndAsync()).ExitCode);
        }
    }

    [Fact]
    public async Task Change_of_a_file_of_pods_reaches_watchers_and_a_bad_file_keeps_the_set()
    {
        using TestFolder folder = new();
        string file = folder.Write("pods.json", """{"games/lobby": {"lobby-0": "10.88.0.10"}}""");
        (BerthProcess process, HttpClient client) = Start("games/lobby", "--pod-file", file);
        await using (process)
        using (client)
        {
            Assert.Equal("lobby-0=10.88.0.10:4000", await UntilAsync(client, "games/lobby", "live", "lobby-0"));
            using StreamReader watch = new(await client.GetStreamAsync("/v1/watch/games/lobby", Token));
            await ReadUntilAsync(watch, "event: mark");

            Replace(folder, """{"games/lobby": {"lobby-0": "10.88.0.10", "lobby-1": "10.88.0.11"}}""");
            await ReadUntilAsync(watch, "event: changes");
            Assert.Contains("\"kind\":\"joined\",\"pod\":\"lobby-1\"", await watch.ReadLineAsync(Token), StringComparison.Ordinal);
            foreach ((string text, string reason) in s_bad)
            {
                Replace(folder, text);
                Assert.Equal("lobby-0=10.88.0.10:4000 lobby-1=10.88.0.11:4001", await UntilAsync(client, "games/lobby", "stale", reason));
                // A good file in between, or the pauses between two tries grow.
                Replace(folder, """{"games/lobby": {"lobby-0": "10.88.0.10", "lobby-1": "10.88.0.11"}}""");
                await UntilAsync(client, "games/lobby", "live", "lobby-1");
            }

            Replace(folder, """{"games/lobby": {}}""");
            Assert.Equal("", await UntilAsync(client, "games/lobby", "live", "\"endpoints\":[]"));
        }
    }

    [Fact]
    public async Task Pods_of_DNS_are_answered_and_followed()
    {
        await using ScriptedDnsServer server = new(TestZone.Headless(TestZone.Pods(2), ttl: 1));
        (BerthProcess process, HttpClient client) = Start(
            "k8s-example2/service-b", "--source", "dns", "--dns-port", "game", "--dns-server", server.EndPoint.ToString());
        await using (process)
        using (client)
        {
            string two = await UntilAsync(client, "k8s-example2/service-b", "live", "service-b-1");
            Assert.Matches("^service-b-0=[0-9.]+:4000 service-b-1=[0-9.]+:4001$", two);

            server.Zone = TestZone.Headless(TestZone.Pods(3), ttl: 1);

            Assert.StartsWith(two + " service-b-2=", await UntilAsync(client, "k8s-example2/service-b", "live", "service-b-2"));
        }
    }

    [Fact]
    public async Task File_that_is_missing_is_logged_and_taken_when_it_comes()
    {
        using TestFolder folder = new();
        (BerthProcess process, HttpClient client) = Start("games/lobby", "--source", "file", "--pod-file", folder["pods.json"]);
        await using (process)
        using (client)
        {
            await process.Error.WaitForLineAsync(
                static line => line.Contains("pods.json' of pods cannot be read", StringComparison.Ordinal));
            Replace(folder, """{"games/lobby": {"lobby-0": "10.88.0.10"}}""");
            Assert.Equal("lobby-0=10.88.0.10:4000", await UntilAsync(client, "games/lobby", "live", "lobby-0"));
        }
    }

    // Each bad file, and its message.
    private static readonly (string Text, string Reason)[] s_bad =
    [
        ("{", "of pods is not JSON"),
        ("""{"games/match": {}}""", "it does not have"),
        ("""{"games/lobby": {"lobby-0": "10.88"}}""", "the pod lobby-0 of games/lobby cannot be used"),
    ];

    private static (BerthProcess Process, HttpClient Client) Start(string target, params string[] source)
    {
        string url = $"http://127.0.0.1:{FreePorts.Take()}";
        BerthProcess process = BerthProcess.Start(
            Programs.Any, null, ["dispatch", "--target", target, "--base-port", "4000", "--urls", url, .. source]);
        return (process, new HttpClient { BaseAddress = new Uri(url) });
    }

    /// <summary>Replaces the file in one step.</summary>
    private static void Replace(TestFolder folder, string text) =>
        File.Move(folder.Write("next.json", text), folder["pods.json"], overwrite: true);

    /// <summary>Waits until the snapshot is in a state and contains a text.</summary>
    /// <returns>The pods and their addresses.</returns>
    private static Task<string> UntilAsync(HttpClient client, string target, string state, string text) => Wait.ForAsync(
        $"{state}, {text}",
        async token =>
        {
            string page = await client.GetStringAsync("/v1/endpoints/" + target, token);
            using JsonDocument document = JsonDocument.Parse(page);
            JsonElement root = document.RootElement;
            if (root.GetProperty("state").GetString() != state || !page.Contains(text, StringComparison.Ordinal))
                return null;
            return string.Join(' ', root.GetProperty("endpoints").EnumerateArray()
                .Select(static pod => $"{pod.GetProperty("pod").GetString()}={pod.GetProperty("authority").GetString()}"));
        },
        Token);

    private static async Task ReadUntilAsync(StreamReader watch, string line)
    {
        string? read;
        do
        {
            read = await watch.ReadLineAsync(Token).AsTask().WaitAsync(Wait.Limit, Token);
        }
        while (read is not null && read != line);

        Assert.Equal(line, read);
    }
}
