using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dispatcher.Tests.Edge;

public sealed class CompressionTests
{
    private const string Page = "/v1/endpoints/k8s-example2/service-b";

    [Theory]
    [InlineData("", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("gzip; q=0.2, br;q=0.5", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("gzip;q=0, br;q=0.000", null)]
    [InlineData("gzip;q=0, *", "br")]
    [InlineData("*;q=0.1", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("deflate, identity", null)]
    [InlineData("gzip;q=x, br;q=", null)]
    [InlineData(",,;;=,", null)]
    public void Coding_that_a_client_prefers_is_chosen(string accepted, string? coding) =>
        Assert.Equal(coding, ContentCoding.Choose(accepted, hasBrotli: true));

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "gzip")]
    [InlineData("br", null)]
    [InlineData("*", "gzip")]
    public void Without_brotli_gzip_is_chosen(string accepted, string? coding) =>
        Assert.Equal(coding, ContentCoding.Choose(accepted, hasBrotli: false));

    [Theory]
    [InlineData("br", 200)]
    [InlineData("gzip", 200)]
    [InlineData("br", 600)]
    [InlineData("gzip", 600)]
    public async Task Large_page_is_compressed_and_the_same(string coding, int pods)
    {
        await using DispatcherFixture fixture = await StartAsync(pods);
        string plain = await fixture.Client.GetStringAsync(Page, DispatcherFixture.Cancelled);

        (HttpResponseMessage response, byte[] body) = await GetAsync(fixture, Page, coding);

        using (response)
        {
            Assert.Equal([coding], response.Content.Headers.ContentEncoding);
            Assert.Equal("Accept-Encoding", response.Headers.Vary.ToString());
            Assert.Equal(body.Length, response.Content.Headers.ContentLength);
            Assert.True(body.Length < plain.Length / 5, $"{body.Length} of {plain.Length}");
            Assert.Equal(plain, Expand(coding, body));
        }
    }

    [Fact]
    public async Task Small_page_and_watch_are_plain()
    {
        await using DispatcherFixture fixture = await StartAsync(1);
        (HttpResponseMessage small, byte[] body) = await GetAsync(fixture, Page, "br");
        using (small)
        {
            Assert.Empty(small.Content.Headers.ContentEncoding);
            Assert.Equal("Accept-Encoding", small.Headers.Vary.ToString());
            Assert.InRange(body.Length, 1, CompressedPage.MinLength - 1);
        }

        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/watch/k8s-example2/service-b");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "br, gzip");
        using HttpResponseMessage watch = await fixture.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        Assert.Empty(watch.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Entity_tag_is_the_same_for_all_forms()
    {
        await using DispatcherFixture fixture = await StartAsync(200);
        using HttpResponseMessage plain = await fixture.Client.GetAsync(Page, DispatcherFixture.Cancelled);
        (HttpResponseMessage coded, _) = await GetAsync(fixture, Page, "br");
        using (coded)
            Assert.Equal(plain.Headers.ETag, coded.Headers.ETag);
        Assert.True(plain.Headers.ETag!.IsWeak);
        using HttpRequestMessage again = new(HttpMethod.Get, Page);
        again.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag);
        using HttpResponseMessage known = await fixture.Client.SendAsync(again, DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal("Accept-Encoding", known.Headers.Vary.ToString());
        Assert.Empty(known.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task HEAD_has_the_headers_and_no_body()
    {
        await using DispatcherFixture fixture = await StartAsync(200);
        using HttpRequestMessage request = new(HttpMethod.Head, Page);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "br");
        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);
        Assert.Equal(["br"], response.Content.Headers.ContentEncoding);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Page_is_made_once_a_second_and_at_once_for_a_new_snapshot()
    {
        await using DispatcherFixture fixture = await StartAsync(200);
        Assert.Equal(0, await AgeAsync(fixture));
        fixture.Time.Advance(TimeSpan.FromSeconds(0.9));
        double made = await AgeAsync(fixture);
        Assert.True(made is 0 or 0.9, $"It was made after {made} s.");
        fixture.Time.Advance(TimeSpan.FromSeconds(made + 0.2));
        Assert.Equal(made + 1.1, await AgeAsync(fixture), 1e-9);
        await fixture.PublishAsync([.. Enumerable.Range(0, 201).Select(static i => DispatcherFixture.Pod(i))]);
        (HttpResponseMessage response, byte[] body) = await GetAsync(fixture, Page, "br");
        using (response)
        {
            using JsonDocument page = JsonDocument.Parse(Expand("br", body));
            Assert.Equal(201, page.RootElement.GetProperty("endpoints").GetArrayLength());
        }
    }

    [Fact]
    public async Task Client_that_finds_all_turns_taken_gets_the_plain_form()
    {
        FakeTimeProvider time = new();
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task<ReadOnlyMemory<byte>?>> running = [];
        CompressionTurns turns = new();
        CompressedPage page = new(turns);
        try
        {
            for (int i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
                running.Add(new CompressedPage(turns).FindAsync(false, "a", _ => new ValueTask(release.Task), time).AsTask());
            Assert.Null(await page.FindAsync(false, "a", static _ => ValueTask.CompletedTask, time));
        }
        finally
        {
            release.SetResult();
        }

        Assert.All(await Task.WhenAll(running), static made => Assert.NotNull(made));
        Assert.NotNull(await page.FindAsync(false, "a", static _ => ValueTask.CompletedTask, time));
    }

    private static async Task<DispatcherFixture> StartAsync(int pods)
    {
        DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, pods).Select(static i => DispatcherFixture.Pod(i))]);
        return fixture;
    }

    private static async Task<double> AgeAsync(DispatcherFixture fixture)
    {
        (HttpResponseMessage response, byte[] body) = await GetAsync(fixture, Page, "br");
        using (response)
        {
            using JsonDocument page = JsonDocument.Parse(Expand("br", body));
            return page.RootElement.GetProperty("ageSeconds").GetDouble();
        }
    }

    private static async Task<(HttpResponseMessage Response, byte[] Body)> GetAsync(DispatcherFixture fixture, string path, string coding)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);
        return (response, await response.Content.ReadAsByteArrayAsync(DispatcherFixture.Cancelled));
    }

    private static string Expand(string coding, byte[] body)
    {
        using MemoryStream stream = new(body);
        using Stream expanded = coding == "br"
            ? new BrotliStream(stream, CompressionMode.Decompress) : new GZipStream(stream, CompressionMode.Decompress);
        using StreamReader reader = new(expanded);
        return reader.ReadToEnd();
    }
}
