using System.Diagnostics;
using System.Globalization;
using System.Net;
using Berth.Dispatcher.Tests.Clusters;
using Berth.Dispatcher.Tests.Edge;
using Berth.Dispatcher.Tests.Seats;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Page;

/// <summary>The page in a real browser: each state, as people and screen readers get it.</summary>
public sealed class BrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Letters = "[...document.querySelectorAll('.cell')].map(c => c.dataset.letter + c.dataset.ordinal)";
    private const string Requests = "performance.getEntriesByType('resource').length";
    private const string NoLongTimers = """
        for (const name of ['setTimeout', 'setInterval']) {
          const real = globalThis[name];
          globalThis[name] = (call, wait = 0, ...rest) => wait > 1000 ? 0 : real(call, wait, ...rest);
        }
        """;
    private const string Banner = "document.querySelector('berth-banner').textContent";

    [Fact]
    public async Task Each_ordinal_has_a_cell_with_colour_letter_and_name()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, EachState());
        await using BrowserTab tab = await OpenAsync(edge);

        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 6");
        Assert.Equal(["R0", "N1", "D2", "T3", "R5", "–4"], await tab.EvaluateAsync<string[]>(Letters));
        string[] colours = await tab.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.cell')].map(c => getComputedStyle(c).backgroundColor + getComputedStyle(c).borderStyle)");
        Assert.Equal(5, colours.Distinct().Count());
        await tab.WaitToHearAsync("button", @"(?m)^service-b-1, not ready, 10\.88\.0\.10:3001, node-0$");
        await tab.WaitToHearAsync("heading", @"(?m)^node-0 · zone-0 · 10\.88\.0\.10 · 1 not ready · 1 draining$");
        await tab.WaitToHearAsync("StaticText", "(?m)^Live$");
        await CheckAsync(tab, "live");
    }

    [Fact]
    public async Task Dark_page_has_no_violation_either()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, EachState());
        await using BrowserTab tab = await OpenAsync(edge, isDark: true);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 6");
        await tab.EvaluateAsync<object>("document.querySelector('.cell').click()");
        string ground = await tab.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");
        Assert.Equal("rgb(16, 20, 24)", ground);
        await CheckAsync(tab, "dark");
    }

    [Fact]
    public async Task Stale_target_has_a_banner_with_the_reason()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, Pod(0), Pod(1));
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 2");

        edge.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await tab.WaitForAsync(Banner + ".includes('The cluster is away.')");

        Assert.StartsWith("Stale since ", await tab.EvaluateAsync<string>(Banner), StringComparison.Ordinal);
        Assert.StartsWith("STALE 2/2 ", await tab.EvaluateAsync<string>("document.title"), StringComparison.Ordinal);
        await CheckAsync(tab, "stale");
    }

    [Fact]
    public async Task Target_without_pods_says_so()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge);
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync(Banner + ".includes('k8s-example2/service-b has no pods.')");
        await CheckAsync(tab, "none");
    }

    [Fact]
    public async Task Target_that_is_not_listed_says_so()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await using BrowserTab tab = await OpenAsync(edge, "?target=k8s-example2/service-c");
        await tab.WaitForAsync(Banner + ".includes('k8s-example2/service-c is not listed yet.')");
        await CheckAsync(tab, "not-listed");
    }

    [Fact]
    public async Task Clash_with_another_target_names_both_pods()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, Pod(0), Pod(1));
        await edge.Source.PublishAsync(
            edge.OtherView, [DispatcherFixture.Pod(1, set: "service-c")], cancellationToken: DispatcherFixture.Cancelled);
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelector('.cell.clash')?.dataset.letter === 'R!'");
        Assert.Equal(
            "10.88.0.10:3001/TCP is claimed by service-b-1 and service-c-1 (k8s-example2/service-c)",
            await tab.EvaluateAsync<string>("document.querySelector('#clashes li').textContent"));
        await CheckAsync(tab, "clash");
    }

    [Fact]
    public async Task Pods_left_out_have_their_reasons()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await edge.Source.PublishAsync(
            edge.View, [Pod(0), Pod(1), Pod(2)],
            [
                new LeftOutPod("web-007", LeftOutReason.NoOrdinal, "it has leading zeros"),
                new LeftOutPod("service-b-62600", LeftOutReason.PortOutOfRange, "its port would be 65600"),
            ],
            DispatcherFixture.Cancelled);
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('#left-out li').length === 2");
        // The map draws its cells a moment later, so that many changes are one drawing.
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 5");
        Assert.Equal(["R0", "R1", "R2", "L62600", "L?"], await tab.EvaluateAsync<string[]>(Letters));
        Assert.Contains(
            "web-007 no ordinal: it has leading zeros", await tab.EvaluateAsync<string>("document.querySelector('#left-out').textContent"),
            StringComparison.Ordinal);
        await CheckAsync(tab, "left-out");
    }

    /// <summary>
    /// Elapsed time would be the machine's. Instead the page may neither ask nor wait: it gets no timer of more than a second, and each
    /// death shows without a request.
    /// </summary>
    [Fact]
    public async Task Pod_that_dies_is_seen_within_a_second()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, [.. Enumerable.Range(0, 8).Select(static i => Pod(i))]);
        await using BrowserTab tab = await OpenAsync(edge, before: NoLongTimers);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 8");
        int requests = await tab.EvaluateAsync<int>(Requests);
        List<double> seen = [];
        for (int dead = 1; dead <= 5; dead++)
        {
            long began = Stopwatch.GetTimestamp();
            await PublishAsync(edge, [.. Enumerable.Range(0, 8).Where(i => i is 0 || i > dead).Select(static i => Pod(i))]);
            await tab.WaitForAsync($"document.querySelectorAll('.cell[data-state=no-pod]').length === {dead}");
            seen.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine("seen after ms: " + string.Join(", ", seen.Select(static ms => $"{ms:0}")));
        Assert.Equal(requests, await tab.EvaluateAsync<int>(Requests));
        Assert.Contains("service-b-5 left", await ChangesAsync(tab), StringComparison.Ordinal);
        await CheckAsync(tab, "changes");
    }

    [Fact]
    public async Task Page_comes_back_to_a_dispatcher_that_started_again()
    {
        string[] urls = [$"http://127.0.0.1:{FreePorts.Take().ToString(CultureInfo.InvariantCulture)}"];
        DispatcherOptions options = new() { Targets = EdgeServer.Targets, Urls = urls, Page = true };
        EdgeServer edge = await EdgeServer.StartAsync(options);
        await PublishAsync(edge, Pod(0), Pod(1));
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 2");
        await edge.DisposeAsync();
        await tab.WaitForAsync(Banner + ".startsWith('No connection to this dispatcher.')");
        Assert.StartsWith("LOST ", await tab.EvaluateAsync<string>("document.title"), StringComparison.Ordinal);
        await tab.ScreenshotAsync("lost");

        await using EdgeServer again = await EdgeServer.StartAsync(options, later: TimeSpan.FromSeconds(1));
        await PublishAsync(again, Pod(0), Pod(1, ready: false));
        await tab.WaitForAsync("document.querySelector('.cell[data-state=not-ready]') && " + Banner + " === ''");

        // The page tells the changes in between too: as one change, or as two when the page came back in the middle.
        Assert.Contains("service-b-1 ", await ChangesAsync(tab), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seats_are_shown_for_all_and_for_each_pod()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(pods: 2, seats: 4);
        using HttpContent one = new StringContent("""{"seats":3,"ttl":300}""");
        using HttpResponseMessage reserved = await cluster.Client.PostAsync(SeatCluster.Path, one, DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.Created, reserved.StatusCode);
        await using BrowserTab tab = await chromium.OpenAsync(cluster.Client.BaseAddress + "ui/");
        await tab.WaitForAsync("document.querySelector('berth-seats').textContent.includes('0 taken, 3 reserved, 5 free of 8')");
        await tab.WaitForAsync("document.querySelectorAll('.cell.seated').length === 2");
        await tab.EvaluateAsync<object>("document.querySelector('.cell').click()");
        await tab.WaitForAsync("document.querySelector('berth-pod').textContent.includes('0 taken, 3 reserved, 1 free of 4')");
        await CheckAsync(tab, "seats");
    }

    /// <summary>Two pods of one name are two cells, the silent cluster has a banner, and a clash marks pods of its cluster alone.</summary>
    [Fact]
    public async Task Clusters_are_groups_and_one_that_is_away_is_named()
    {
        await using ClusterFixture fixture = await ClusterFixture.StartAsync(page: true);
        fixture.Clusters.Push("east", 2);
        fixture.Clusters.Push("west", 3);
        await fixture.Clusters.UntilAsync("east: 0 1; west: 0 1 2", DispatcherFixture.Cancelled);
        await using BrowserTab tab = await chromium.OpenAsync(fixture.Client.BaseAddress + "ui/?by=cluster");
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 5");
        await tab.WaitToHearAsync("heading", @"(?ms)^east\b.*^west\b");
        await CheckAsync(tab, "clusters");

        fixture.Clusters.Fail("west", "West is away.");
        await tab.WaitForAsync(Banner + ".startsWith('Not live: cluster west.')");
        Assert.Contains("West is away.", await tab.EvaluateAsync<string>(Banner), StringComparison.Ordinal);
        Assert.Equal(5, await tab.EvaluateAsync<int>("document.querySelectorAll('.cell').length"));
        await CheckAsync(tab, "cluster-away");

        fixture.Clusters.Push(
            "west", TwoClusters.Pod("west", 0), TwoClusters.Pod("west", 1), TwoClusters.Pod("west", 2), ClashingWith("west"));
        await tab.WaitForAsync("document.querySelectorAll('.cell.clash').length === 2 && " + Banner + " === ''");
        Assert.Equal(
            "10.77.0.1:3000/TCP is claimed by west/service-b-0 and west/service-b-9",
            await tab.EvaluateAsync<string>("document.querySelector('#clashes li').textContent"));
    }

    private static PodEndpoint ClashingWith(string cluster) => PodEndpoint.Create(
        "service-b-9", TestPods.Target.Namespace, [IPAddress.Parse("10.77.0.1")], [new EndpointPort("", 3000)], 9, $"{cluster}-9", "node-1",
        cluster: cluster);

    private static PodEndpoint[] EachState() =>
        [Pod(0), Pod(1, ready: false), Pod(2, terminating: true), Pod(3, terminating: true, serving: false), Pod(5)];

    private static PodEndpoint Pod(
        int ordinal, bool ready = true, bool terminating = false, bool serving = true, int onNode = 3) => PodEndpoint.Create(
            string.Create(CultureInfo.InvariantCulture, $"service-b-{ordinal}"), DispatcherFixture.B.Namespace,
            [new IPAddress([10, 88, (byte)(ordinal / onNode / 200), (byte)(10 + (ordinal / onNode % 200))])],
            [new EndpointPort("", 3000 + ordinal)], ordinal, $"uid-{ordinal}", $"node-{ordinal / onNode}", $"zone-{ordinal / onNode % 3}",
            ready, serving, terminating);

    private static Task<string> ChangesAsync(BrowserTab tab) =>
        tab.EvaluateAsync<string>("document.querySelector('berth-changes').textContent");

    private static Task PublishAsync(EdgeServer edge, params PodEndpoint[] pods) =>
        edge.Source.PublishAsync(edge.View, pods, cancellationToken: DispatcherFixture.Cancelled);

    /// <summary>Takes a picture, and expects no violation of the policy, no error and none that axe-core finds.</summary>
    private static async Task CheckAsync(BrowserTab tab, string name)
    {
        await tab.ScreenshotAsync(name);
        Assert.Empty(await tab.FindProblemsAsync());
        Assert.Empty(await tab.FindAxeViolationsAsync());
    }

    private Task<BrowserTab> OpenAsync(EdgeServer edge, string query = "", bool isDark = false, string before = "") =>
        chromium.OpenAsync($"{edge.Server.Addresses[0]}/ui/{query}", isDark, before: before);
}
