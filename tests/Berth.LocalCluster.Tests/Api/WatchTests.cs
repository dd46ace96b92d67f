using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

public sealed class WatchTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";
    private const string Accounts = "/api/v1/namespaces/k8s-example2/serviceaccounts";

    [Fact]
    public async Task A_watch_from_a_version_shows_what_came_after_it_in_order()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string version = await VersionAsync(test);
        await CreateAsync(test, "one");
        await CreateAsync(test, "two");
        test.Cluster.Delete("sa", TestCluster.Namespace, "one");
        List<string> events = [];
        await foreach (JsonNode item in test.WatchAsync($"{Accounts}?watch=1&resourceVersion={version}&timeoutSeconds=30"))
        {
            events.Add($"{item["type"]} {item["object"]!["metadata"]!["name"]}");
            if (events.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(["ADDED one", "ADDED two", "DELETED one"], events);
    }

    /// <summary>Only the last changes are kept as trees. Older ones are read from their JSON.</summary>
    [Fact]
    public async Task A_watch_from_many_changes_ago_shows_each_of_them()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string version = await VersionAsync(test);
        await CreateAsync(test, "one");
        for (int i = 1; i <= 400; i++)
        {
            string parity = i % 2 == 0 ? "even" : "odd";
            await test.MergeAsync($"{Accounts}/one", $$$$"""{"metadata":{"labels":{"parity":"{{{{parity}}}}","step":"{{{{i}}}}"}}}""");
        }

        List<string> all = await StepsAsync(test, $"{Accounts}?watch=1&resourceVersion={version}&timeoutSeconds=60", 401);
        List<string> even = await StepsAsync(
            test, $"{Accounts}?watch=1&resourceVersion={version}&labelSelector=parity%3Deven&timeoutSeconds=60", 399);

        Assert.Equal(["ADDED ", .. Enumerable.Range(1, 400).Select(static i => $"MODIFIED {i}")], all);

        // An object that no longer matches is deleted for this watch.
        Assert.Equal([.. Enumerable.Range(2, 399).Select(static i => $"{(i % 2 == 0 ? "ADDED" : "DELETED")} {i}")], even);
    }

    private static async Task<List<string>> StepsAsync(TestCluster test, string path, int count)
    {
        List<string> steps = [];
        await foreach (JsonNode item in test.WatchAsync(path))
        {
            steps.Add($"{item["type"]} {item["object"]!["metadata"]!["labels"]?["step"]}");
            if (steps.Count == count)
                break;
        }

        return steps;
    }

    [Fact]
    public async Task A_compacted_version_is_a_410_event_as_recorded()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await CreateAsync(test, "one");
        test.Cluster.Faults.Compact();
        JsonNode recorded = Assert.Single(Recordings.ReadLines("watch-gone"));
        List<JsonNode> events = await AllAsync(test.WatchAsync($"{Slices}?watch=1&resourceVersion=1&timeoutSeconds=3"));
        JsonNode only = Assert.Single(events);
        Assert.Matches(@"^too old resource version: 1 \(\d+\)$", (string)only["object"]!["message"]!);
        only["object"]!["message"] = recorded["object"]!["message"]!.DeepClone();
        Assert.Equal(recorded.ToJsonString(), only.ToJsonString());
    }

    [Fact]
    public async Task A_watch_from_the_future_stays_silent_until_its_timeout()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        Assert.Empty(await AllAsync(test.WatchAsync($"{Slices}?watch=1&resourceVersion=99999999999&timeoutSeconds=1")));
        Assert.Empty(Recordings.ReadLines("watch-future"));
    }

    [Theory]
    [InlineData("abc", "")]
    [InlineData("-1", "")]
    [InlineData("abc", "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")]
    public async Task K28_watch_from_no_version_is_answered_500_as_by_a_real_server(string version, string more)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode answer) = await test.GetAsync($"{Slices}?watch=1&resourceVersion={version}{more}");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        // As Kubernetes 1.36.2 answers. There is no reason.
        JsonNode expected = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"resourceVersion: Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax",
            ["code"] = 500,
        };
        Assert.Equal(expected.ToJsonString(), answer.ToJsonString());
    }

    [Fact]
    public async Task A_streaming_list_ends_with_the_recorded_bookmark()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.Service);
        await test.WaitForAsync(Slices, list => list["items"]!.AsArray().Count == 1);
        List<JsonNode> events = await AllAsync(test.WatchAsync(
            $"{Slices}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&"
                + "timeoutSeconds=600").Take(2));
        JsonNode recorded = Recordings.ReadLines("watchlist")[^1];
        Assert.Equal("ADDED", (string?)events[0]["type"]);
        recorded["object"]!["metadata"]!["resourceVersion"] = events[1]["object"]!["metadata"]!["resourceVersion"]!.DeepClone();
        Assert.Equal(recorded.ToJsonString(), events[1].ToJsonString());
    }

    [Fact]
    public async Task Bookmarks_come_by_the_interval()
    {
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            RunProcesses = false,
            Manifests = [TestManifests.Namespace],
            BookmarkInterval = TimeSpan.FromMilliseconds(300),
        });
        string version = await VersionAsync(test);
        List<JsonNode> events = await AllAsync(
            test.WatchAsync($"{Slices}?watch=1&resourceVersion={version}&allowWatchBookmarks=true&timeoutSeconds=600").Take(2));
        Assert.All(events, item => Assert.Equal("BOOKMARK", (string?)item["type"]));
    }

    [Fact]
    public async Task A_bookmark_comes_at_the_end()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string version = await VersionAsync(test);
        List<JsonNode> events = await AllAsync(
            test.WatchAsync($"{Slices}?watch=1&resourceVersion={version}&allowWatchBookmarks=true&timeoutSeconds=1"));
        JsonNode only = Assert.Single(events);
        JsonNode recorded = Recordings.ReadLines("watch-life")[^1];
        recorded["object"]!["metadata"]!["resourceVersion"] = only["object"]!["metadata"]!["resourceVersion"]!.DeepClone();
        Assert.Equal(recorded.ToJsonString(), only.ToJsonString());
    }

    [Fact]
    public async Task Watch_whose_time_is_over_before_it_begins_ends_well()
    {
        await using TestCluster test = await TestCluster.StartAsync(time: new OverAtOnce(TimeSpan.FromSeconds(77)));
        string version = await VersionAsync(test);

        List<JsonNode> events = await AllAsync(
            test.WatchAsync($"{Slices}?watch=1&resourceVersion={version}&allowWatchBookmarks=true&timeoutSeconds=77"));

        Assert.Equal(version, (string?)Assert.Single(events)["object"]!["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Watch_whose_time_is_over_while_it_writes_ends_well_after_the_write()
    {
        await using TestCluster test = await TestCluster.StartAsync(time: new OverAtOnce(TimeSpan.FromSeconds(77)));
        await VersionAsync(test);

        List<JsonNode> events = await AllAsync(
            test.WatchAsync($"{Accounts}?watch=1&resourceVersion=0&allowWatchBookmarks=true&timeoutSeconds=77"));

        // The first state is whole, so the bookmarks after it are true.
        Assert.Equal("ADDED", (string?)events[0]["type"]);
        Assert.Equal("default", (string?)events[0]["object"]!["metadata"]!["name"]);
        Assert.All(events.Skip(1), static item => Assert.Equal("BOOKMARK", (string?)item["type"]));
        Assert.InRange(events.Count, 2, 3);
    }

    [Fact]
    public async Task Watch_with_selector_adds_and_deletes_objects_as_labels_change()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string version = await VersionAsync(test);
        await CreateAsync(test, "one");
        await LabelAsync(test, "one", "\"a\"");
        await LabelAsync(test, "one", "null");
        List<string?> types = [];
        await foreach (
            JsonNode item in test.WatchAsync($"{Accounts}?watch=1&resourceVersion={version}&labelSelector=team%3Da&timeoutSeconds=30"))
        {
            types.Add((string?)item["type"]);
            if (types.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["ADDED", "DELETED"], types);
    }

    [Fact]
    public async Task Dropped_watches_end_cleanly()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string version = await VersionAsync(test);
        int events = 0;
        await foreach (JsonNode item in test.WatchAsync($"{Accounts}?watch=1&resourceVersion=0&timeoutSeconds=600"))
        {
            Assert.Equal("ADDED", (string?)item["type"]);
            events++;
            test.Cluster.Faults.DropWatches();
        }

        Assert.Equal(1, events);
        Assert.NotEmpty(version);
    }

    private static async Task<string> VersionAsync(TestCluster test)
    {
        // A controller makes an account in each namespace, and then a ConfigMap. Wait until both are there: then nothing else is written.
        int namespaces = (await test.GetAsync("/api/v1/namespaces")).Body["items"]!.AsArray().Count;
        await test.WaitForAsync("/api/v1/configmaps", body => body["items"]!.AsArray().Count == namespaces);
        JsonNode list = await test.WaitForAsync(Accounts, body => body["items"]!.AsArray().Count == 1);
        return (string)list["metadata"]!["resourceVersion"]!;
    }

    private static async Task CreateAsync(TestCluster test, string name) =>
        await test.SendAsync(HttpMethod.Post, Accounts, $$$"""{"metadata":{"name":"{{{name}}}"}}""");

    private static async Task LabelAsync(TestCluster test, string name, string value) =>
        await test.MergeAsync($"{Accounts}/{name}", "{\"metadata\":{\"labels\":{\"team\":" + value + "}}}");

    private static async Task<List<JsonNode>> AllAsync(IAsyncEnumerable<JsonNode> events)
    {
        List<JsonNode> all = new();
        await foreach (JsonNode item in events)
        {
            all.Add(item);
        }

        return all;
    }

    /// <summary>The system's clock, on which one duration is over at once.</summary>
    private sealed class OverAtOnce(TimeSpan duration) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != duration)
                return base.CreateTimer(callback, state, dueTime, period);
            callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
