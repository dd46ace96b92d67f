using System.Globalization;
using System.Net;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Access: tokens, certificates by subject, and the admin addresses.</summary>
public sealed class AccessTests : IDisposable
{
    private const string Lobby = "lobby-token-0123456789";
    private const string Ops = "ops-token-0123456789abcdef";
    private const string Own = "/v1/endpoints/k8s-example2/service-b";

    private readonly TlsFiles _files = new();

    [Theory]
    [InlineData("/")]
    [InlineData(Own)]
    [InlineData(Own + "/0")]
    [InlineData("/v1/watch/k8s-example2/service-b")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    public async Task Request_without_a_token_is_401_with_a_challenge(string path)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();

        using HttpResponseMessage none = await client.GetAsync(path, DispatcherFixture.Cancelled);
        using HttpResponseMessage wrong = await SendAsync(client, path, "Bearer " + Lobby + "x");

        await AssertProblemAsync(none, 401, "unauthorized");
        Assert.Equal("Bearer realm=\"berth\"", none.Headers.WwwAuthenticate.ToString());
        await AssertProblemAsync(wrong, 401, "unauthorized");
        Assert.Equal("Bearer realm=\"berth\", error=\"invalid_token\"", wrong.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Probes_need_no_token(string path)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await client.GetAsync(path, DispatcherFixture.Cancelled);
        Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("Bearer " + Ops)]
    [InlineData("bearer   " + Ops + " ")]
    public async Task Bearer_of_a_token_is_answered(string authorization)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        foreach (string path in new[] { "/", Own, Own + "/0", "/metrics" })
        {
            using HttpResponseMessage response = await SendAsync(client, path, authorization);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("Basic " + Ops)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer  ,")]
    [InlineData(Ops)]
    public async Task Other_kinds_of_authorization_are_401(string authorization)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await SendAsync(client, "/", authorization);
        await AssertProblemAsync(response, 401, "unauthorized");
    }

    [Fact]
    public async Task Token_of_some_targets_is_403_for_others()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        using HttpResponseMessage own = await SendAsync(client, "/v1/endpoints/k8s-example2/service-c", "Bearer " + Lobby);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, own.StatusCode);
        foreach (string path in new[] { "/", Own, Own + "/0", "/v1/watch/k8s-example2/service-b" })
        {
            using HttpResponseMessage other = await SendAsync(client, path, "Bearer " + Lobby);
            await AssertProblemAsync(other, 403, "forbidden");
        }
    }

    [Fact]
    public async Task No_token_is_in_a_log_an_answer_or_a_metric()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        const string Wrong = "wrong-token-9876543210";
        List<string> answers = [];
        foreach (string token in new[] { Lobby, Ops, Wrong })
        {
            foreach (string path in new[] { "/", Own, "/nothing", "/metrics" })
            {
                using HttpResponseMessage response = await SendAsync(client, path, "Bearer " + token);
                answers.Add(response + await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
            }
        }

        Write("ops short", "second line with " + Lobby);
        await edge.ReloadAsync("The earlier content stays in use.");

        Assert.All(
            edge.Log.Texts.Concat(answers), static text => Assert.DoesNotContain("-token-", text, StringComparison.Ordinal));
        Assert.Contains(
            answers, static text => text.Contains("berth_caller_requests_total{berth_caller_name=\"ops\"}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changed_token_file_counts_and_a_faulty_one_changes_nothing()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        Write("ops " + Ops, "other bad");
        await edge.ReloadAsync("tokens.txt line 2: the token of 'other' is not valid");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, Own, "Bearer " + Ops)).StatusCode);

        const string Next = "next-token-0123456789";
        Write("ops " + Next);
        await edge.ReloadAsync("has changed: 1 tokens");

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, Own, "Bearer " + Ops)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, Own, "Bearer " + Next)).StatusCode);
    }

    [Fact]
    public async Task Certificate_of_a_named_subject_is_answered_and_others_are_403()
    {
        using TestAuthority clients = new("Clients");
        DispatcherOptions tls = _files.Options(
            _files.Write("clients.crt", clients.Pem), _files.Write("server", _files.Authority.Server("localhost")));
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = tls.Targets, Urls = tls.Urls, Tls = tls.Tls, ClientSubjects = ["CN=lobby"],
        });
        using HttpClient lobby = edge.Client(_files.Authority, own: clients.Client("lobby"));
        using HttpClient other = edge.Client(_files.Authority, own: clients.Client("lobby2"));
        using HttpClient none = edge.Client(_files.Authority);

        Assert.Equal("10.88.0.10:3000", await lobby.GetStringAsync("/", DispatcherFixture.Cancelled));
        await AssertProblemAsync(await other.GetAsync("/", DispatcherFixture.Cancelled), 403, "forbidden");
        await AssertProblemAsync(await none.GetAsync("/", DispatcherFixture.Cancelled), 403, "forbidden");
    }

    [Fact]
    public async Task Token_or_certificate_is_enough_where_both_are_taken()
    {
        using TestAuthority clients = new("Clients");
        DispatcherOptions tls = _files.Options(
            _files.Write("clients.crt", clients.Pem), _files.Write("server", _files.Authority.Server("localhost")));
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = tls.Targets, Urls = tls.Urls, Tls = tls.Tls, TokenFile = Write("ops " + Ops),
        });
        using HttpClient certified = edge.Client(_files.Authority, own: clients.Client("lobby"));
        using HttpClient plain = edge.Client(_files.Authority);

        Assert.NotEmpty(await certified.GetStringAsync("/", DispatcherFixture.Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(plain, "/", "Bearer " + Ops)).StatusCode);
        await AssertProblemAsync(await plain.GetAsync("/", DispatcherFixture.Cancelled), 401, "unauthorized");
        await AssertProblemAsync(await SendAsync(certified, "/", "Bearer " + Lobby), 401, "unauthorized");
    }

    [Fact]
    public async Task Admin_addresses_have_what_public_ones_then_lack()
    {
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets,
            Urls = ["http://127.0.0.1:0"],
            AdminUrls = [string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Take()}")],
            TokenFile = Write("ops " + Ops),
        });
        using HttpClient open = edge.Client();
        using HttpClient admin = new() { BaseAddress = new Uri(edge.Server.AdminAddresses[0]) };
        foreach (string path in new[] { "/healthz", "/readyz", "/metrics" })
        {
            await AssertProblemAsync(await open.GetAsync(path, DispatcherFixture.Cancelled), 404, "unknown-route");
            await AssertProblemAsync(await SendAsync(open, path, "Bearer " + Ops), 404, "unknown-route");
        }

        foreach (string path in new[] { "/healthz", "/metrics", "/", Own })
            Assert.NotEmpty(await admin.GetStringAsync(path, DispatcherFixture.Cancelled));
        Task stopped = edge.Server.StopAsync(DispatcherFixture.Cancelled);
        await stopped;
        await Assert.ThrowsAsync<HttpRequestException>(() => admin.GetStringAsync("/healthz", DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Caller_sees_its_own_targets_only()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await SendAsync(client, "/v1/targets", "Bearer " + Lobby);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        JsonElement only = Assert.Single(body.RootElement.GetProperty("targets").EnumerateArray());
        Assert.Equal("k8s-example2/service-c", only.GetProperty("target").GetString());
    }

    [Fact]
    public void Faults_of_these_options_are_named_together()
    {
        DispatcherOptions options = new()
        {
            Targets = EdgeServer.Targets,
            AdminUrls = ["http://*:8000", "ftp://x", "https://*:9000"],
            TokenFile = Write("a short", "b", "c?c " + Ops, "d " + Ops + " Games/lobby", "e " + Ops, "f " + Ops, "e " + Lobby),
            ClientSubjects = ["lobby", ""],
            CorsOrigins = ["https://play.example.com/", "play.example.com", "https://play.example.com:443", "http://localhost:3000", "*"],
        };

        string message = string.Join('\n', options.FindFaults());

        string[] parts =
        [
            "'http://*:8000' is in --urls and in --admin-urls", "'ftp://x' does not start with", "'https://*:9000' needs TLS",
            "line 1: the token of 'a' is not valid", "line 2: there is a name or a token", "line 3: the name is not valid",
            "line 4: a target of 'd' is not valid", "line 6: the token of 'f' is also that of another",
            "line 7: the name 'e' is given twice",
            "a subject of clients, and no CA", "'lobby' is no distinguished name", "'' is no distinguished name",
            "'https://play.example.com/' is not as browsers", "'play.example.com' is not", "'https://play.example.com:443' is not",
        ];
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain("localhost:3000", message, StringComparison.Ordinal);
        Assert.DoesNotContain("-token-", message, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string authorization)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await client.SendAsync(request, DispatcherFixture.Cancelled);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string type)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.Equal("urn:berth:problem:" + type, problem.RootElement.GetProperty("type").GetString());
        Assert.EndsWith(".", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private string Write(params string[] lines) => _files.Write("tokens.txt", string.Join('\n', lines));

    private Task<EdgeServer> StartAsync() => EdgeServer.StartAsync(new DispatcherOptions
    {
        Targets = EdgeServer.Targets,
        Urls = ["http://127.0.0.1:0"],
        TokenFile = Write("# those who may ask", "", $"lobby\t{Lobby} k8s-example2/service-c", "ops  " + Ops),
    });
}
