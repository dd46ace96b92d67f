using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Cuts;

/// <summary>
/// Reads cut streams with the EventSource of a browser. A page opens one for every cut; this server sends the cut bytes and ends the
/// connection. The browser then reconnects by itself, with the id that it has.
/// </summary>
internal static class BrowserCuts
{
    private const string Page = """
        <!doctype html><script>
        const count = COUNT, cuts = [];
        const read = at => new Promise(done => {
            const cut = { at, id: null, events: [] }, source = new EventSource('/cut/' + at);
            for (const kind of ['snapshot', 'changes', 'mark'])
                source.addEventListener(kind, e => cut.events.push({ kind, data: e.data }));
            source.onerror = () => { if (source.readyState === EventSource.CLOSED) { cuts[at] = cut; done(); } };
        });
        let next = 0;
        const work = async () => { while (next < count) await read(next++); };
        Promise.all(Array.from({ length: 256 }, work)).then(() => fetch('/done', { method: 'POST', body: JSON.stringify(cuts) }));
        </script>
        """;

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];

    public static string FindBrowser()
    {
        string[] folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? found = folders.SelectMany(static folder => s_names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "chromium is not on the PATH. ./test installs it where it may.");
        return found!;
    }

    public static async Task<IReadOnlyList<CutTests.Cut>> RunAsync(string browser, byte[] body)
    {
        using HttpListener server = Listen(out string address);
        using TestFolder profile = new();
        string[] ids = new string[body.Length + 1];
        ProcessStartInfo start = new(
            browser, ["--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile.Root, address])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            List<CutTests.Cut> cuts = await ServeAsync(server, body, ids);
            return [.. cuts.Select(cut => cut with { Id = ids[cut.At] })];
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static HttpListener Listen(out string address)
    {
        address = $"http://127.0.0.1:{FreePorts.Take()}/";
        HttpListener server = new();
        server.Prefixes.Add(address);
        server.Start();
        return server;
    }

    private static async Task<List<CutTests.Cut>> ServeAsync(HttpListener server, byte[] body, string[] ids)
    {
        HashSet<int> sent = [];
        while (true)
        {
            HttpListenerContext context = await server.GetContextAsync().WaitAsync(TimeSpan.FromMinutes(2), DispatcherFixture.Cancelled);
            using HttpListenerResponse response = context.Response;
            string path = context.Request.Url!.AbsolutePath;
            if (path == "/done")
                return (await JsonSerializer.DeserializeAsync<List<CutTests.Cut>>(context.Request.InputStream, CutTests.Cut.Json))!;
            if (path == "/")
            {
                response.ContentType = "text/html";
                await WriteAsync(
                    response, System.Text.Encoding.UTF8.GetBytes(Page.Replace("COUNT", $"{body.Length + 1}", StringComparison.Ordinal)));
            }
            else if (path.StartsWith("/cut/", StringComparison.Ordinal))
            {
                int at = int.Parse(path["/cut/".Length..], System.Globalization.CultureInfo.InvariantCulture);
                if (sent.Add(at))
                {
                    response.ContentType = "text/event-stream";
                    // The recording asks for two seconds; the test cannot wait for them at every byte.
                    await WriteAsync(response, [.. "retry: 1\n\n"u8, .. body.AsSpan(0, at)]);
                    continue;
                }

                ids[at] = context.Request.Headers["Last-Event-ID"] ?? "";
                // After an answer without content, an EventSource does not reconnect.
                response.StatusCode = 204;
            }
            else
            {
                response.StatusCode = 404;
            }
        }
    }

    private static async Task WriteAsync(HttpListenerResponse response, byte[] bytes)
    {
        response.ContentLength64 = bytes.Length;
        await response.OutputStream.WriteAsync(bytes, DispatcherFixture.Cancelled);
    }
}
