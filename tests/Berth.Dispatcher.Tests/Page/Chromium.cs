using System.Diagnostics;
using System.Text.Json.Nodes;
using Berth.Dispatcher.Tests.Cuts;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Page;

/// <summary>
/// A headless Chromium, started with the first page that a test class opens. Without one on the PATH the tests are skipped.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Announcement = "DevTools listening on ";
    private const string OperatorsPage = "document.querySelector('berth-key input') !== null";

    private readonly TestFolder _profile = new();
    private Process? _process;
    private DevTools? _tools;

    /// <summary>
    /// Opens a page, with the window's width and the visitor's wish for dark colours, and waits until an expression of it is true. A script
    /// can run before those of the page.
    /// </summary>
    internal async Task<BrowserTab> OpenAsync(
        string address, bool isDark = false, int width = 1360, string ready = OperatorsPage, string before = "")
    {
        _tools ??= await StartAsync(BrowserCuts.FindBrowser());
        JsonObject blank = new() { ["url"] = "about:blank" };
        string target = (await _tools.CallAsync("Target.createTarget", blank)).GetProperty("targetId").GetString()!;
        JsonObject attach = new() { ["targetId"] = target, ["flatten"] = true };
        string session = (await _tools.CallAsync("Target.attachToTarget", attach)).GetProperty("sessionId").GetString()!;
        BrowserTab tab = new(_tools, target, session);
        await tab.OpenAsync(address, isDark, width, ready, before);
        return tab;
    }

    ValueTask IAsyncLifetime.InitializeAsync() => ValueTask.CompletedTask;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (_tools is not null)
            await _tools.DisposeAsync();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        _profile.Dispose();
    }

    private async Task<DevTools> StartAsync(string browser)
    {
        ProcessStartInfo start = new(
            browser,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--user-data-dir=" + _profile.Root,
                "about:blank",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(Announcement, StringComparison.Ordinal) == true)
                address.TrySetResult(new Uri(line.Data[Announcement.Length..]));
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return await DevTools.ConnectAsync(await address.Task.WaitAsync(Wait.Limit, DispatcherFixture.Cancelled));
    }
}
