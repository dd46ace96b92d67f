using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>
/// Accept and Accept-Encoding of any form: an answer never has a form that the client refuses, and none is an error. The other reader is
/// .NET's own, <see cref="StringWithQualityHeaderValue"/> and <see cref="MediaTypeWithQualityHeaderValue"/>.
/// </summary>
public sealed class PreferenceTests
{
    private const string Page = "/v1/endpoints/k8s-example2/service-b";

    private static readonly string[] s_weights =
    [
        "", "", ";q=0", ";q=1", "; q=0.5", ";Q=0.501", ";q=0.001", ";q=1.000", ";q=0.", " ; q=0.000", ";q=NaN", ";q=Infinity", ";q=1e0",
        ";q=2", ";q=-1", ";q=.5", ";q", ";q=", ";;q=0.3", ";q=0;q=1", ";a=\"x,y;q=1\";q=0", ";q=0.1234", ";q= 1", ";q=\u0661",
    ];

    [Fact]
    public void Coding_is_the_one_that_the_header_prefers()
    {
        Random random = new(1);
        string[] codings = ["gzip", "br", "*", "identity", "deflate", "GZip", "x-gzip", "gzipx", "bro", ""];
        int chosen = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string header = Next(random, codings);

            string? coding = ContentCoding.Choose(header, hasBrotli: true);

            chosen += coding is null ? 0 : 1;
            int gzip = WeightOf(header, "gzip") ?? WeightOf(header, "*") ?? 0;
            int brotli = WeightOf(header, "br") ?? WeightOf(header, "*") ?? 0;
            int best = Math.Max(gzip, brotli);
            string? expected = best == 0 || WeightOf(header, "identity") > best ? null : gzip > brotli ? "gzip" : "br";
            Assert.True(coding == expected, $"'{header}': {coding} in place of {expected}");
        }

        Assert.InRange(chosen, 1000, 19_000);
    }

    [Theory]
    [InlineData("gzip;q=NaN", null)]
    [InlineData("gzip;q=Infinity, br;q=0.1", "br")]
    [InlineData("gzip;q=2", null)]
    [InlineData("identity, gzip;q=0.5", null)]
    [InlineData("identity;q=0.5, gzip", "gzip")]
    [InlineData("br;a=\"gzip\", gzip;q=0", "br")]
    public void Weight_that_is_none_refuses(string accepted, string? coding) =>
        Assert.Equal(coding, ContentCoding.Choose(accepted, hasBrotli: true));

    [Fact]
    public async Task Large_answer_never_has_a_coding_that_the_client_refuses()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, 100).Select(static i => DispatcherFixture.Pod(i))]);
        using HttpClient client = NewUtf8Client(fixture);
        Random random = new(2);
        string[] codings = ["gzip", "br", "*", "identity", "deflate", "GZip", "\u00e9", "=", "\"gzip\""];
        HashSet<string> seen = [];
        for (int i = 0; i < 400; i++)
        {
            string header = Next(random, codings);
            using HttpResponseMessage response = await GetAsync(client, Page, "Accept-Encoding", header);

            string coding = response.Content.Headers.ContentEncoding.SingleOrDefault() ?? "";
            byte[] body = await response.Content.ReadAsByteArrayAsync(DispatcherFixture.Cancelled);
            Assert.True((int)response.StatusCode == 200, $"{(int)response.StatusCode} for '{header}'");
            Assert.True(coding.Length == 0 || (WeightOf(header, coding) ?? WeightOf(header, "*")) > 0, $"{coding} for '{header}'");
            Assert.StartsWith("{\"target\":\"k8s-example2/service-b\"", Expand(coding, body), StringComparison.Ordinal);
            seen.Add(coding);
        }

        Assert.Equal(["", "br", "gzip"], seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/", "application/json", "text/plain")]
    [InlineData("/v1/watch/k8s-example2/service-b", "application/jsonl", "text/event-stream")]
    public async Task Answer_never_has_a_type_that_the_client_refuses(string path, string other, string usual)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpClient client = NewUtf8Client(fixture);
        Random random = new(3);
        string[] types = [other, usual, "*/*", "application/*", other + "-seq", other.ToUpperInvariant(), "text/html", "\u00e9", "/"];
        HashSet<string> seen = [];
        for (int i = 0; i < 400; i++)
        {
            string header = Next(random, types);
            using HttpResponseMessage response = await GetAsync(client, path, "Accept", header, HttpMethod.Head);

            string type = response.Content.Headers.ContentType?.MediaType ?? "";
            bool isOther = TypeWeightOf(header, other) is > 0 and double weight && weight >= (TypeWeightOf(header, usual) ?? 0);
            Assert.True((int)response.StatusCode == 200, $"{(int)response.StatusCode} for '{header}'");
            Assert.True(type == (isOther ? other : usual), $"{type} for '{header}'");
            seen.Add(type);
        }

        Assert.Equal(2, seen.Count);
    }

    private static string Next(Random random, string[] names)
    {
        StringBuilder header = new();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            header.Append(names[random.Next(names.Length)]).Append(s_weights[random.Next(s_weights.Length)]);
            header.Append(i == 1 ? "" : random.Next(3) switch { 0 => ",", 1 => ", ", _ => " ,\t" });
        }

        return header.ToString();
    }

    /// <summary>The weight in thousandths of the first entry that names a coding; an entry that is none refuses it.</summary>
    private static int? WeightOf(string header, string coding)
    {
        foreach (string entry in Entries(header))
        {
            if (!entry.Split(';')[0].Trim().Equals(coding, StringComparison.OrdinalIgnoreCase))
                continue;
            string weight = entry.Split(';', StringSplitOptions.TrimEntries).Skip(1)
                .FirstOrDefault(static p => p.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) ?? "q=1";
            return StringWithQualityHeaderValue.TryParse($"{coding};{weight}", out StringWithQualityHeaderValue? parsed) && IsShort(weight)
                ? (int)Math.Round((parsed.Quality ?? 0) * 1000)
                : 0;
        }

        return null;
    }

    private static double? TypeWeightOf(string header, string type)
    {
        foreach (string entry in Entries(header))
        {
            if (!entry.Split(';')[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase))
                continue;
            string weight = entry.Split(';', StringSplitOptions.TrimEntries).Skip(1)
                .FirstOrDefault(static p => p.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) ?? "q=1";
            bool isRead = MediaTypeWithQualityHeaderValue.TryParse($"{type};{weight}", out MediaTypeWithQualityHeaderValue? parsed);
            return isRead && IsShort(weight) ? parsed!.Quality ?? 0 : 0;
        }

        return null;
    }

    /// <summary>The weights' only quotes are in one parameter, which is taken out.</summary>
    private static string[] Entries(string header) => header.Replace(";a=\"x,y;q=1\"", "", StringComparison.Ordinal).Split(',');

    /// <summary>.NET takes more decimals than the three that there may be, and a weight without the zero.</summary>
    private static bool IsShort(string weight) =>
        weight.Length <= "q=0.123".Length && !weight.StartsWith("q=.", StringComparison.OrdinalIgnoreCase)
        && double.TryParse(weight.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
        && value is >= 0 and <= 1;

    private static HttpClient NewUtf8Client(DispatcherFixture fixture) => new(new SocketsHttpHandler
    {
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
    })
    {
        BaseAddress = fixture.Client.BaseAddress,
        Timeout = fixture.Client.Timeout,
    };

    private static async Task<HttpResponseMessage> GetAsync(
        HttpClient client, string path, string name, string value, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, path);
        Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
    }

    private static string Expand(string coding, byte[] body)
    {
        using MemoryStream stream = new(body);
        using Stream expanded = coding switch
        {
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            _ => stream,
        };
        using StreamReader reader = new(expanded);
        return reader.ReadToEnd();
    }
}
