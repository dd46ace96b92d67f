using System.Collections.Concurrent;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>Clients that follow a set by its events alone, at any pace and over many connections, against what was published.</summary>
public sealed class WatchFollowTests
{
    private const int Clients = 8;
    private const int Changes = 120;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Applied_events_give_the_set_of_each_version(int seed)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        ConcurrentDictionary<long, string> published = new();
        long[] seen = new long[Clients];
        Task<int>[] clients =
            [.. Enumerable.Range(0, Clients).Select(i => Task.Run(() => FollowAsync(
                fixture, new Random((seed * 100) + i), published, version => Volatile.Write(ref seen[i], version))))];
        Random random = new(seed);
        for (int i = 1; i <= Changes; i++)
        {
            // Every tenth is large, and the last one tells the clients where to stop.
            int pods = i == Changes ? 1 : i % 10 == 0 ? 600 : random.Next(8);
            PodEndpoint[] set =
                [.. Enumerable.Range(0, pods).Where(_ => pods == 1 || random.Next(4) > 0)
                    .Select(p => DispatcherFixture.Pod(p, $"10.88.0.{random.Next(3)}", ready: random.Next(3) > 0))];
            published[i] = Describe(set.Select(static e => (e.Name, e.Authority, e.Ready)));
            EndpointSnapshot snapshot = await fixture.PublishAsync(set);
            Assert.Equal(i, snapshot.Version);
            // From time to time all clients catch up. Otherwise, on a busy machine, none would ever resume from a state that is still
            // known.
            if (i % 20 == 0)
                await CaughtUpAsync(clients, seen, i);
        }

        int[] resumed = await Task.WhenAll(clients);
        // Some came back to a state that was still known, or the test has not seen that.
        Assert.True(resumed.Sum() > 0);
    }

    private static Task CaughtUpAsync(Task<int>[] clients, long[] seen, long version) => Wait.UntilAsync(
        async () =>
        {
            if (Array.Exists(clients, static c => c.IsFaulted))
                await Task.WhenAll(clients);
            return Enumerable.Range(0, Clients).Min(i => Volatile.Read(ref seen[i]));
        },
        slowest => slowest >= version, Wait.Limit, $"all clients have version {version}", DispatcherFixture.Cancelled);

    private static async Task<int> FollowAsync(
        DispatcherFixture fixture, Random random, ConcurrentDictionary<long, string> published, Action<long> saw)
    {
        SortedDictionary<string, (string Authority, bool Ready)> pods = new(StringComparer.Ordinal);
        int resumed = 0;
        long version = 0;
        string? lastId = null;
        while (version < Changes)
        {
            using EventStream stream = await EventStream.OpenAsync(fixture, lastId);
            bool isFirst = true;
            for (int left = random.Next(1, 12); left > 0 && version < Changes; left--)
            {
                (string kind, string id, JsonElement data) = await stream.ReadAsync();
                long next = data.GetProperty("version").GetInt64();
                Assert.True(next > version || (kind == "snapshot" && next == version), $"{kind} of version {next} after {version}");
                Apply(pods, kind, data);
                Assert.Equal(published[next], Describe(pods.Select(static p => (p.Key, p.Value.Authority, p.Value.Ready))));
                resumed += isFirst && kind == "changes" ? 1 : 0;
                (version, lastId, isFirst) = (next, id, false);
                saw(version);
            }
        }

        return resumed;
    }

    private static void Apply(SortedDictionary<string, (string Authority, bool Ready)> pods, string kind, JsonElement data)
    {
        if (kind == "snapshot")
        {
            pods.Clear();
            foreach (JsonElement endpoint in data.GetProperty("endpoints").EnumerateArray())
                pods.Add(endpoint.GetProperty("pod").GetString()!, Of(endpoint));
            return;
        }

        foreach (JsonElement change in data.GetProperty("changes").EnumerateArray())
        {
            string name = change.GetProperty("pod").GetString()!;
            JsonElement endpoint = change.GetProperty("endpoint");
            if (endpoint.ValueKind == JsonValueKind.Null)
                Assert.True(pods.Remove(name), $"{name} left and was not there");
            else
                pods[name] = Of(endpoint);
        }
    }

    private static (string Authority, bool Ready) Of(JsonElement endpoint) =>
        (endpoint.GetProperty("authority").GetString()!, endpoint.GetProperty("ready").GetBoolean());

    private static string Describe(IEnumerable<(string Name, string Authority, bool Ready)> pods) =>
        string.Join('\n', pods.OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => $"{p.Name} {p.Authority} {p.Ready}"));
}
