using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Berth.Dispatcher.Documents;
using Berth.Dispatcher.Tests.Edge;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Page;

/// <summary>The files of the page as HTTP answers, and where they are.</summary>
public sealed class PageTests
{
    private const int MaxBytes = 40_000;

    [Fact]
    public void Page_is_at_most_40_kB()
    {
        long bytes = PageFile.All.Sum(static file => file.OpenCompressed().Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes in {PageFile.All.Count} files");
        Assert.InRange(bytes, 1, MaxBytes);
    }

    [Fact]
    public void Every_file_of_the_folder_is_in_the_program()
    {
        string folder = Path.Combine(Checkout.Root, "src", "Berth.Dispatcher", "Documents", "Page");
        Assert.Equal(
            Directory.GetFiles(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
            PageFile.All.Select(static file => file.Name).Order(StringComparer.Ordinal));
        foreach (PageFile file in PageFile.All)
        {
            using StreamReader reader = new(file.Open());
            Assert.Equal(File.ReadAllText(Path.Combine(folder, file.Name)), reader.ReadToEnd());
        }
    }

    [Fact]
    public async Task Files_have_a_strict_policy_and_are_revalidated()
    {
        await using EdgeServer edge = await StartAsync(page: true);
        using HttpClient client = edge.Client();
        foreach (string name in PageFile.All.Select(static file => file.Name).Append(""))
        {
            using HttpResponseMessage response = await client.GetAsync("/ui/" + name, DispatcherFixture.Cancelled);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("require-trusted-types-for 'script'; trusted-types 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("Accept-Encoding", response.Headers.Vary.ToString());
            Assert.True(response.Headers.CacheControl?.NoCache);

            using HttpRequestMessage again = new(HttpMethod.Get, "/ui/" + name);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            using HttpResponseMessage unchanged = await client.SendAsync(again, DispatcherFixture.Cancelled);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.True(unchanged.Headers.CacheControl?.NoCache);
        }
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, GZIP;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.000", false)]
    [InlineData("br", false)]
    [InlineData(null, false)]
    public async Task File_is_compressed_for_clients_that_take_gzip(string? accepted, bool isCompressed)
    {
        await using EdgeServer edge = await StartAsync(page: true);
        using HttpClient client = edge.Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/ui/page.js");
        if (accepted is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using HttpResponseMessage response = await client.SendAsync(request, DispatcherFixture.Cancelled);

        Assert.True(response.IsSuccessStatusCode, response.ToString());
        Assert.Equal(isCompressed ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
        Assert.Equal("text/javascript", response.Content.Headers.ContentType?.MediaType);
        Stream body = await response.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled);
        using StreamReader reader = new(isCompressed ? new GZipStream(body, CompressionMode.Decompress) : body);
        Assert.StartsWith("// The page for operators", await reader.ReadToEndAsync(DispatcherFixture.Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_is_off_by_default()
    {
        await using EdgeServer edge = await StartAsync(page: null);
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await client.GetAsync("/ui/", DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Page_is_at_the_admin_address_only(bool? page, bool isThere)
    {
        await using EdgeServer edge = await StartAsync(page, "http://127.0.0.1:0");
        using HttpClient client = edge.Client();
        using HttpResponseMessage outside = await client.GetAsync("/ui/", DispatcherFixture.Cancelled);
        using HttpClient admin = new() { BaseAddress = new Uri(edge.Server.AdminAddresses[0]) };
        using HttpResponseMessage inside = await admin.GetAsync("/ui/", DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
        Assert.Equal(isThere ? HttpStatusCode.OK : HttpStatusCode.NotFound, inside.StatusCode);
    }

    [Fact]
    public async Task Path_without_its_slash_is_redirected()
    {
        await using EdgeServer edge = await StartAsync(page: true);
        using HttpClient client = edge.Client(follow: false);
        using HttpResponseMessage response = await client.GetAsync("/ui?by=zone", DispatcherFixture.Cancelled);
        Assert.Equal((307, "ui/?by=zone"), ((int)response.StatusCode, response.Headers.Location?.ToString()));
    }

    [Theory]
    [InlineData("GET", "/ui/nothing", 404)]
    [InlineData("GET", "/ui/../page.js", 404)]
    [InlineData("POST", "/ui/", 405)]
    [InlineData("HEAD", "/ui/", 200)]
    public async Task Other_files_and_methods_are_problems(string method, string path, int status)
    {
        await using EdgeServer edge = await StartAsync(page: true);
        using HttpClient client = edge.Client();
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await client.SendAsync(request, DispatcherFixture.Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        MediaTypeHeaderValue? type = response.Content.Headers.ContentType;
        Assert.Equal(status == 200 ? "text/html" : "application/problem+json", type?.MediaType);
    }

    [Fact]
    public void Page_at_an_address_with_tokens_is_a_fault()
    {
        using TestFile tokens = new("ops b1946ac92492d2347c6235b4d2611184");
        DispatcherOptions options = new() { Targets = EdgeServer.Targets, Page = true, TokenFile = tokens.Path };
        Assert.Contains("--admin-urls", Assert.Single(options.FindFaults()), StringComparison.Ordinal);
    }

    internal static Task<EdgeServer> StartAsync(bool? page, params string[] admin) =>
        EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], Page = page, AdminUrls = admin, Picker = new StickyPicker(),
        });
}
