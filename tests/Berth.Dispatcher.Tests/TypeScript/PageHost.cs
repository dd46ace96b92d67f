using System.Net;
using System.Text;
using Berth.Dispatcher.Tests.Page;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.TypeScript;

/// <summary>A page in Chromium, of another origin than the dispatcher, that imports the files of the package as they are.</summary>
internal sealed class PageHost : IScriptHost
{
    private const string Page = """
        <!doctype html><link rel="icon" href="data:,">
        <script type="module">globalThis.client = await import('/client/index.js');</script>
        """;

    private readonly HttpListener _server;
    private readonly string _files;
    private readonly Task _serving;
    private BrowserTab? _tab;

    private PageHost(string files)
    {
        Origin = $"http://127.0.0.1:{FreePorts.Take()}";
        _files = files;
        _server = new HttpListener();
        _server.Prefixes.Add(Origin + "/");
        _server.Start();
        _serving = ServeAsync();
    }

    public string Origin { get; }

    public static async Task<PageHost> OpenAsync(Chromium chromium)
    {
        string folder = await NpmPackage.InstallAsync();
        PageHost host = new(Path.Combine(folder, NpmPackage.Installed, "dist"));
        try
        {
            host._tab = await chromium.OpenAsync(host.Origin + "/", ready: "globalThis.client !== undefined");
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public Task<T> EvaluateAsync<T>(string expression) => _tab!.EvaluateAsync<T>(expression);

    public async ValueTask DisposeAsync()
    {
        if (_tab is not null)
            await _tab.DisposeAsync();
        _server.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _server.GetContextAsync());
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using HttpListenerResponse response = context.Response;
        string path = context.Request.Url!.AbsolutePath;
        bool isPage = path == "/";
        string file = Path.Combine(_files, Path.GetFileName(path));
        if (!isPage && !File.Exists(file))
        {
            response.StatusCode = 404;
            return;
        }

        response.ContentType = isPage ? "text/html" : "text/javascript";
        byte[] body = isPage ? Encoding.UTF8.GetBytes(Page) : await File.ReadAllBytesAsync(file);
        response.ContentLength64 = body.Length;
        await response.OutputStream.WriteAsync(body);
    }
}
