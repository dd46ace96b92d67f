using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Page;

/// <summary>One open page, and all that the browser finds wrong with it.</summary>
internal sealed class BrowserTab : IAsyncDisposable
{
    // Listens before anything of the page runs.
    private const string Watching = """
        globalThis.violations = [];
        addEventListener('securitypolicyviolation', e => violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`));
        """;

    private readonly DevTools _tools;
    private readonly string _target;
    private readonly string _session;
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BrowserTab(DevTools tools, string target, string session)
    {
        _tools = tools;
        _target = target;
        _session = session;
        tools.Received += Take;
    }

    /// <summary>Errors of the console, exceptions, and violations of the content security policy.</summary>
    public async Task<IReadOnlyList<string>> FindProblemsAsync() =>
        [.. _problems, .. await EvaluateAsync<string[]>("violations")];

    /// <summary>Opens an address, where a script runs first, and waits until an expression of the page is true.</summary>
    public async Task OpenAsync(string address, bool isDark, int width, string ready, string before)
    {
        foreach (string domain in new[] { "Log", "Runtime", "Page", "Accessibility" })
            await CallAsync(domain + ".enable");
        await CallAsync("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = Watching + before });
        await CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new() { ["width"] = width, ["height"] = 850, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await CallAsync("Emulation.setFocusEmulationEnabled", new() { ["enabled"] = true });
        await CallAsync(
            "Emulation.setEmulatedMedia",
            new() { ["features"] = new JsonArray(Feature("prefers-color-scheme", isDark ? "dark" : "light")) });
        await CallAsync("Page.navigate", new() { ["url"] = address });
        await _loaded.Task.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled);
        await WaitForAsync($"document.readyState === 'complete' && {ready}");
    }

    /// <summary>Evaluates an expression in the page, as if the user had just clicked, and awaits a promise.</summary>
    public async Task<T> EvaluateAsync<T>(string expression, int? context = null)
    {
        JsonObject parameters = new()
        {
            ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true, ["userGesture"] = true,
        };
        if (context is not null)
            parameters["contextId"] = context;
        JsonElement answer = await CallAsync("Runtime.evaluate", parameters);
        Assert.False(answer.TryGetProperty("exceptionDetails", out JsonElement thrown), $"{expression}\n{thrown}");
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value.Deserialize<T>()! : default!;
    }

    /// <summary>Waits until an expression of the page is true.</summary>
    public async Task WaitForAsync(string condition)
    {
        try
        {
            // The element may not exist yet.
            string look = $"(() => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }})()";
            await Wait.ForAsync(condition, async _ => await LookAsync(look) ? "" : null, DispatcherFixture.Cancelled);
        }
        catch (TimeoutException exception)
        {
            string problems = string.Join('\n', await FindProblemsAsync());
            throw new TimeoutException($"{exception.Message} Problems of the page: {problems}", exception);
        }
    }

    public async Task PressAsync(string key)
    {
        foreach (string type in new[] { "keyDown", "keyUp" })
        {
            JsonObject press = new() { ["type"] = type, ["key"] = key, ["code"] = key };
            if (key == "Enter")
                press["windowsVirtualKeyCode"] = 13;
            if (type == "keyDown" && key == "Enter")
                press["text"] = "\r";
            await CallAsync("Input.dispatchKeyEvent", press);
        }
    }

    /// <summary>Keeps a picture of the page below artifacts/, for people.</summary>
    public async Task ScreenshotAsync(string name)
    {
        JsonElement shot = await CallAsync("Page.captureScreenshot", new() { ["format"] = "png" });
        string folder = Path.Combine(Checkout.Root, "artifacts", "test", "page");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(
            Path.Combine(folder, name + ".png"), shot.GetProperty("data").GetBytesFromBase64(), DispatcherFixture.Cancelled);
    }

    /// <summary>Waits until a screen reader gets a role whose name fits a pattern.</summary>
    /// <remarks>The document has it earlier: a block with <c>content-visibility: auto</c> is in the tree once it has been drawn.</remarks>
    public async Task WaitToHearAsync(string role, string pattern)
    {
        string heard = "";
        try
        {
            await Wait.ForAsync(
                $"{role} {pattern}",
                async _ => Regex.IsMatch(heard = await ReadAloudAsync(role), pattern) ? heard : null,
                DispatcherFixture.Cancelled);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} Heard: {heard}", exception);
        }
    }

    /// <summary>The violations that axe-core finds. It runs in a world of its own, so that the page's policy holds for the page.</summary>
    public async Task<string[]> FindAxeViolationsAsync()
    {
        string script = Path.Combine(Checkout.Root, "artifacts", "test", "node", "node_modules", "axe-core", "axe.min.js");
        Assert.SkipUnless(File.Exists(script), $"{script} does not exist. ./test installs it where npm is on the PATH.");
        JsonElement frame = (await CallAsync("Page.getFrameTree")).GetProperty("frameTree").GetProperty("frame");
        JsonElement world = await CallAsync("Page.createIsolatedWorld", new() { ["frameId"] = frame.GetProperty("id").GetString() });
        int context = world.GetProperty("executionContextId").GetInt32();
        await EvaluateAsync<object>(await File.ReadAllTextAsync(script, DispatcherFixture.Cancelled) + ";0", context);
        return await EvaluateAsync<string[]>(
            "axe.run().then(r => r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target + n.failureSummary)}`))", context);
    }

    public async ValueTask DisposeAsync()
    {
        _tools.Received -= Take;
        await _tools.CallAsync("Target.closeTarget", new() { ["targetId"] = _target });
    }

    /// <summary>The names of a role that a screen reader gets, in order, each on a line.</summary>
    private async Task<string> ReadAloudAsync(string role)
    {
        JsonElement tree = await CallAsync("Accessibility.getFullAXTree");
        return string.Join(
            '\n',
            tree.GetProperty("nodes").EnumerateArray()
                .Where(static node => !node.GetProperty("ignored").GetBoolean() && node.TryGetProperty("name", out _))
                .Where(node => node.GetProperty("role").GetProperty("value").GetString() == role)
                .Select(static node => node.GetProperty("name").GetProperty("value").ToString()));
    }

    private async Task<bool> LookAsync(string condition)
    {
        try
        {
            return await EvaluateAsync<bool>(condition);
        }
        catch (InvalidOperationException)
        {
            // A page that is just being opened cannot be asked.
            return false;
        }
    }

    private static JsonObject Feature(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private Task<JsonElement> CallAsync(string method, JsonObject? parameters = null) => _tools.CallAsync(method, parameters, _session);

    private void Take(string session, string method, JsonElement parameters)
    {
        if (session != _session)
            return;
        if (method == "Runtime.exceptionThrown")
            _problems.Enqueue(parameters.GetProperty("exceptionDetails").ToString());
        else if (method == "Page.loadEventFired")
            _loaded.TrySetResult();
        else if (method == "Log.entryAdded")
            Take(parameters.GetProperty("entry"));
    }

    private void Take(JsonElement entry)
    {
        string url = entry.TryGetProperty("url", out JsonElement found) ? found.GetString()! : "";
        if (entry.GetProperty("level").ValueEquals("error"))
            _problems.Enqueue($"{entry.GetProperty("text").GetString()} {url}");
    }
}
