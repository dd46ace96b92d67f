using System.Diagnostics;
using System.Globalization;
using System.Net;
using Berth.Dispatcher.Tests.Edge;

namespace Berth.Dispatcher.Tests.Page;

/// <summary>The page in a real browser, as people use it: keys, filters, copies, other targets, and 10,000 pods.</summary>
public sealed class BrowserUseTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Many = 10_000;
    private const string Focused = "document.activeElement.ariaLabel?.split(',')[0] ?? ''";

    [Fact]
    public async Task Key_goes_where_the_dispatcher_says()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, Enumerable.Range(0, 20).Select(static i => DispatcherFixture.Pod(i)));
        using HttpClient client = edge.Client();
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 20");
        foreach (string key in new[] { "room-7", "Zoë & co?", "a/b" })
        {
            await tab.EvaluateAsync<object>(
                $"document.querySelector('#key').value = '{key}'; document.querySelector('berth-key form').requestSubmit()");
            string answer = await client.GetStringAsync("/?key=" + Uri.EscapeDataString(key), DispatcherFixture.Cancelled);
            await tab.WaitForAsync($"document.querySelector('berth-key p').textContent.includes('{answer}')");
            string chosen = await tab.EvaluateAsync<string>("document.querySelector('.cell[aria-current]').ariaLabel");
            Assert.Contains(answer, chosen, StringComparison.Ordinal);
        }

        Assert.Empty(await tab.FindProblemsAsync());
    }

    [Fact]
    public async Task Keyboard_goes_from_pod_to_pod_and_copies_an_address()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, Enumerable.Range(0, 60).Select(static i => DispatcherFixture.Pod(i)));
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 60");
        // The map is one stop of the Tab key.
        Assert.Equal(1, await tab.EvaluateAsync<int>("document.querySelectorAll('.cell[tabindex=\"0\"]').length"));
        await tab.EvaluateAsync<object>("document.querySelector('.cell[tabindex=\"0\"]').focus()");

        await tab.PressAsync("ArrowRight");
        Assert.Equal("service-b-1", await tab.EvaluateAsync<string>(Focused));
        await tab.PressAsync("ArrowDown");
        int below = int.Parse((await tab.EvaluateAsync<string>(Focused)).Split('-')[^1], CultureInfo.InvariantCulture);
        Assert.InRange(below, 5, 40);
        Assert.True(await tab.EvaluateAsync<bool>(
            "document.activeElement.getBoundingClientRect().left === document.querySelectorAll('.cell')[1].getBoundingClientRect().left"));
        await tab.PressAsync("ArrowUp");
        Assert.Equal("service-b-1", await tab.EvaluateAsync<string>(Focused));
        await tab.PressAsync("End");
        Assert.Equal("service-b-59", await tab.EvaluateAsync<string>(Focused));
        await tab.PressAsync("Enter");
        await tab.WaitForAsync("document.querySelector('berth-pod h2').textContent === 'service-b-59'");

        // Over plain HTTP from another machine there is no navigator.clipboard.
        await tab.EvaluateAsync<object>(
            "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
                + "addEventListener('copy', () => globalThis.copied = document.activeElement.value)");
        await tab.PressAsync("c");
        await tab.WaitForAsync("globalThis.copied === '10.88.0.10:3059'");
        Assert.Equal("service-b-59", await tab.EvaluateAsync<string>(Focused));
        Assert.Empty(await tab.FindProblemsAsync());
    }

    [Fact]
    public async Task Address_is_copied_by_its_button()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 1");
        await tab.EvaluateAsync<object>(
            "navigator.clipboard.writeText = async text => { globalThis.copied = text }; document.querySelector('.cell').click();"
                + "document.querySelector('berth-pod .copy').click()");
        await tab.WaitForAsync("globalThis.copied === '10.88.0.10:3000' && document.querySelector('.copy').textContent === 'Copied'");
        Assert.Empty(await tab.FindProblemsAsync());
    }

    [Fact]
    public async Task Filters_show_some_states_and_some_pods()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, Enumerable.Range(0, 20).Select(static i => DispatcherFixture.Pod(i, ready: i % 7 != 3)));
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 20");
        const string Shown = "[...document.querySelectorAll('.cell:not([hidden])')].map(c => c.dataset.ordinal)";
        await tab.EvaluateAsync<object>("document.querySelectorAll('.chip')[1].click()");
        Assert.Equal(["3", "10", "17"], await tab.EvaluateAsync<string[]>(Shown));
        await tab.EvaluateAsync<object>("document.querySelectorAll('.chip')[1].click()");
        Assert.Equal(20, (await tab.EvaluateAsync<string[]>(Shown)).Length);
        await tab.EvaluateAsync<object>(Type("1"));
        Assert.Equal(["1"], await tab.EvaluateAsync<string[]>(Shown));
        await tab.EvaluateAsync<object>(Type("none"));
        Assert.Empty(await tab.EvaluateAsync<string[]>(Shown));
        Assert.Empty(await tab.FindProblemsAsync());
    }

    [Fact]
    public async Task Other_target_and_grouping_stand_in_the_address()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await edge.Source.PublishAsync(
            edge.OtherView, [DispatcherFixture.Pod(7, set: "service-c", portBase: 9000)], cancellationToken: DispatcherFixture.Cancelled);
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('#targets a').length === 2");
        await tab.EvaluateAsync<object>("document.querySelectorAll('#targets a')[1].click()");
        await tab.WaitForAsync("document.querySelector('.cell')?.ariaLabel.startsWith('service-c-7, ready')");
        await tab.EvaluateAsync<object>(
            "document.querySelector('#by').value = 'zone'; document.querySelector('#by').dispatchEvent(new Event('change'))");
        Assert.Equal("zone-1 · 1 pod", await tab.EvaluateAsync<string>("document.querySelector('.group h3').textContent"));
        Assert.Equal("?target=k8s-example2/service-c&by=zone", await tab.EvaluateAsync<string>("location.search"));
        await tab.EvaluateAsync<object>("history.go(-2)");
        await tab.WaitForAsync("document.querySelector('.cell')?.ariaLabel.startsWith('service-b-0, ready')");
        Assert.Empty(await tab.FindProblemsAsync());
    }

    [Fact]
    public async Task Policy_stops_text_from_becoming_a_script()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync("document.querySelectorAll('.cell').length === 1");
        bool isStopped = await tab.EvaluateAsync<bool>(
            "(() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch (e) { return e instanceof TypeError; } })()");
        Assert.True(isStopped);
        // The same listener that finds no violation in the other tests finds this one.
        await tab.WaitForAsync("violations.length > 0");
        Assert.Contains(await tab.FindProblemsAsync(), static problem => problem.Contains("trusted-types", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_among_10000_pods_touches_one_cell()
    {
        await using EdgeServer edge = await PageTests.StartAsync(page: true);
        await PublishAsync(edge, Enumerable.Range(0, Many).Select(static i => Pod(i, true)));
        long began = Stopwatch.GetTimestamp();
        await using BrowserTab tab = await OpenAsync(edge);
        await tab.WaitForAsync($"document.querySelectorAll('.cell').length === {Many}");
        double loaded = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await tab.EvaluateAsync<object>(
            "globalThis.touched = new Set(); new MutationObserver(all => all.forEach(m => { if (m.target.closest?.('.cell')) "
                + "touched.add(m.target.dataset.ordinal); })).observe(document.querySelector('berth-map'), "
                + "{ subtree: true, childList: true, attributes: true })");
        began = Stopwatch.GetTimestamp();
        await PublishAsync(edge, Enumerable.Range(0, Many).Select(static i => Pod(i, i != 7777)));
        await tab.WaitForAsync("document.querySelector('.cell[data-state=not-ready]')?.dataset.ordinal === '7777'");
        double changed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        Assert.Equal(["7777"], await tab.EvaluateAsync<string[]>("[...touched]"));

        // One call for each frame: on a busy machine a frame may take a second, and a call has a limit.
        double[] frames = new double[60];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = await tab.EvaluateAsync<double>(
                "(async () => { const began = performance.now(); scrollBy(0, 300); await new Promise(requestAnimationFrame); "
                    + "return performance.now() - began; })()");
        }

        Array.Sort(frames);
        double heap = await tab.EvaluateAsync<double>("performance.memory.usedJSHeapSize / 1e6");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Many} pods: shown after {loaded:0} ms, a change after {changed:0} ms, frames while scrolling {frames[30]:0} ms (median), "
                + $"{frames[^1]:0} ms (longest), {heap:0} MB of JavaScript");
        await tab.EvaluateAsync<object>("scrollTo(0, 0)");
        await tab.ScreenshotAsync("10000");
        Assert.Empty(await tab.FindProblemsAsync());
    }

    // Not the variable find, which is a function of every window.
    private static string Type(string text) =>
        $"{{ const input = document.querySelector('#find'); input.value = '{text}'; input.dispatchEvent(new Event('input')); }}";

    private static PodEndpoint Pod(int ordinal, bool ready) => PodEndpoint.Create(
        string.Create(CultureInfo.InvariantCulture, $"service-b-{ordinal}"), DispatcherFixture.B.Namespace,
        [new IPAddress([10, 88, 0, (byte)(10 + (ordinal / 50))])], [new EndpointPort("", 3000 + ordinal)], ordinal, $"uid-{ordinal}",
        $"node-{ordinal / 50}", $"zone-{ordinal / 50 % 3}", ready);

    private static Task PublishAsync(EdgeServer edge, IEnumerable<PodEndpoint> pods) =>
        edge.Source.PublishAsync(edge.View, pods, cancellationToken: DispatcherFixture.Cancelled);

    private Task<BrowserTab> OpenAsync(EdgeServer edge) => chromium.OpenAsync($"{edge.Server.Addresses[0]}/ui/");
}
