using System.Text;
using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>
/// A watch with a snapshot and a change that is cut at any byte, head included. Meanwhile one more change has come, and it takes back a
/// part of the recorded one: a client that misses the recorded change, or repeats it alone, ends with other pods.
/// </summary>
public sealed class CutTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F85_watch_cut_at_any_byte_misses_no_change_and_shows_no_half_one()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        byte[] recorded = await CutServer.RecordAsync(
            a.Port, () => a.PublishAsync(TestPods.Endpoint(0, address: "10.77.0.9"), TestPods.Endpoint(2)),
            "\"state\":\"a-1-live\"", "\"state\":\"a-2-live\",\"ageSeconds\":0,\"dispatchers\":[\"a\"],\"reason\":null}\n\n");
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(2), TestPods.Endpoint(3));
        await using CutServer server = new(recorded, a.Port);
        HashSet<string> seen = [];
        for (int cut = 0; cut <= recorded.Length; cut++)
        {
            server.Cut = cut;
            string last = await FollowAsync(server.Url, seen);
            Assert.True(last == "0@1 2@1 3@1", $"Cut at byte {cut} of {recorded.Length}: {last}");
        }

        Assert.Equal(["0@1 1@1", "0@1 2@1 3@1", "0@9 2@1"], seen.Order(StringComparer.Ordinal));
    }

    /// <summary>Follows until the set is the dispatcher's latest, and repeats reads that fail as a directory does.</summary>
    private static async Task<string> FollowAsync(string url, HashSet<string> seen)
    {
        await using RemoteEndpointSource source = new([url], new RemoteEndpointSourceOptions { TimeProvider = new TestClock() });
        await using IEndpointStream stream = source.Open(TestPods.Target, TestPods.Ports);
        for (int failures = 0; failures < 3;)
        {
            try
            {
                EndpointSnapshot snapshot = await stream.ReadAsync(Token).AsTask().WaitAsync(Wait.Limit, Token);
                seen.Add(TextOf(snapshot));
                if (snapshot.SourceVersion == "a-3-live")
                    return TextOf(snapshot);
            }
            catch (EndpointSourceException)
            {
                failures++;
            }
        }

        return "nothing";
    }

    private static string TextOf(EndpointSnapshot snapshot)
    {
        StringBuilder text = new();
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
            text.Append(text.Length == 0 ? "" : " ").Append($"{endpoint.Ordinal}@{endpoint.Address.ToString().Split('.')[^1]}");
        return text.ToString();
    }
}
