using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Kubernetes.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Tests.Http;

public sealed class KubernetesApiTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_has_the_needed_headers_only()
    {
        string? seen = null;
        await using TestServer server = await TestServer.StartAsync(context =>
        {
            seen = context.Request.Path + context.Request.QueryString + "\n" +
                string.Join('\n', context.Request.Headers.Select(h => $"{h.Key}: {h.Value}").Order(StringComparer.Ordinal));
            return TestServer.JsonAsync(context, 200, "{}");
        });
        ClusterAccess access = ApiHarness.Access(new Uri(server.Address, "k8s/clusters/c-1/"), credentials: ApiHarness.Token("abc"));
        using ApiHarness harness = new(access);

        await harness.TextAsync(Slices + "?limit=500&labelSelector=kubernetes.io%2Fservice-name%3Dservice-b");

        Assert.Equal(
            $"""
            /k8s/clusters/c-1{Slices}?limit=500&labelSelector=kubernetes.io%2Fservice-name%3Dservice-b
            Accept-Encoding: identity
            Accept: application/json
            Authorization: Bearer abc
            Host: 127.0.0.1:{server.Port}
            User-Agent: berth/0.1.0
            """,
            seen);
    }

    [Fact]
    public async Task Hands_over_the_body_while_it_still_arrives()
    {
        TaskCompletionSource more = new();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json;stream=watch";
            await context.Response.WriteAsync("one\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await more.Task;
            await context.Response.WriteAsync("two\n", context.RequestAborted);
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        using KubernetesResponse response = await harness.Api.GetAsync(Slices + "?watch=1", Cancelled);
        using StreamReader reader = new(response.Body);

        Assert.Equal("one", await reader.ReadLineAsync(Cancelled));
        more.SetResult();
        Assert.Equal("two", await reader.ReadLineAsync(Cancelled));
        Assert.Null(await reader.ReadLineAsync(Cancelled));
        Assert.Equal(1, harness.Counts["berth.api.requests:berth.api.verb=watch,http.response.status_code=200"]);
    }

    [Theory]
    [InlineData("unauthorized", 401, "Unauthorized", "Unauthorized")]
    [InlineData("not-found", 404, "NotFound", "\"absent\" not found")]
    [InlineData("bad-label-selector", 400, "BadRequest", "found '=='")]
    [InlineData("list-version-too-large", 504, "Timeout", "Too large resource version")]
    public async Task Reads_a_recorded_refusal(string name, int code, string reason, string said)
    {
        string body = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Fixtures", "kubernetes-1.36", name + ".json"), Cancelled);
        KubernetesApiException e = await RefusalAsync(context => TestServer.JsonAsync(context, code, body));

        Assert.Equal((code, reason), (e.StatusCode, e.Reason));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.Contains("refused to list endpointslices in namespace \"k8s-example2\"", e.Message, StringComparison.Ordinal);
        Assert.Equal(name == "list-version-too-large", e.Status.IsVersionTooLarge);
        Assert.Equal(name == "list-version-too-large" ? TimeSpan.FromSeconds(1) : null, e.RetryAfter);
    }

    [Fact]
    public async Task Says_which_rule_a_Role_is_missing()
    {
        string body = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Fixtures/kubernetes-1.36/forbidden-anonymous.json"), Cancelled);
        KubernetesApiException e = await RefusalAsync(context => TestServer.JsonAsync(context, 403, body));

        Assert.Contains(
            "a Role in namespace \"k8s-example2\" with this rule: apiGroups: [\"discovery.k8s.io\"], resources: [\"endpointslices\"], "
                + "verbs: [\"list\", \"watch\"].",
            e.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/nodes?watch=true", "a ClusterRole with this rule: apiGroups: [\"\"], resources: [\"nodes\"], verbs: [\"watch\"].")]
    [InlineData("/api/v1/namespaces/x/pods/p-0",
        "a Role in namespace \"x\" with this rule: apiGroups: [\"\"], resources: [\"pods\"], verbs: [\"get\"].")]
    [InlineData("/apis/discovery.k8s.io/v1/endpointslices",
        "a ClusterRole with this rule: apiGroups: [\"discovery.k8s.io\"], resources: [\"endpointslices\"], verbs: [\"list\", \"watch\"].")]
    [InlineData("/api/v1/namespaces/x", "a ClusterRole with this rule: apiGroups: [\"\"], resources: [\"namespaces\"], verbs: [\"get\"].")]
    [InlineData("/version", null)]
    public void Knows_the_rule_that_a_path_needs(string path, string? rule)
    {
        string? missing = ApiRequest.Parse(path).MissingRule();

        Assert.Equal(rule is null ? null : "Bind this user to " + rule, missing);
    }

    [Theory]
    [MemberData(nameof(RetryAfterCases.All), MemberType = typeof(RetryAfterCases))]
    public async Task Reads_RetryAfter_in_every_form(string? header, double? seconds)
    {
        FakeTimeProvider time = new(RetryAfterCases.Now);
        KubernetesApiException e = await RefusalAsync(
            context =>
            {
                context.Response.StatusCode = 429;
                context.Response.ContentType = "text/plain; charset=utf-8";
                if (header is not null)
                    context.Response.Headers.RetryAfter = header;
                return context.Response.WriteAsync("Too many requests, please try again later.\n");
            },
            time);

        Assert.Equal(429, e.StatusCode);
        Assert.Equal(seconds, e.RetryAfter?.TotalSeconds);
        Assert.Contains("Too many requests, please try again later.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_no_more_than_64_KiB_of_a_refusal_and_does_not_wait_for_its_end()
    {
        KubernetesApiException e = await RefusalAsync(async context =>
        {
            context.Response.StatusCode = 500;
            context.Response.ContentType = "application/json";
            byte[] junk = Encoding.ASCII.GetBytes(new string('x', 70_000));
            await context.Response.Body.WriteAsync(junk, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        Assert.Equal(500, e.StatusCode);
        Assert.True(e.Message.Length < 1000);
    }

    [Fact]
    public async Task Keeps_the_status_of_a_refusal_whose_body_is_cut()
    {
        KubernetesApiException e = await RefusalAsync(context =>
        {
            // Kestrel closes the connection when less was written than was announced.
            context.Response.StatusCode = 503;
            context.Response.ContentLength = 100;
            return context.Response.WriteAsync("{\"kind\":");
        });

        Assert.Equal(503, e.StatusCode);
    }

    [Theory]
    [InlineData(200, "text/html", null, "200 and text/html")]
    [InlineData(200, null, null, "no content type")]
    [InlineData(404, "text/html", null, "404 and text/html")]
    [InlineData(302, "text/html", "https://login.example/oauth?state=secret", "a redirect to https://login.example,")]
    public async Task Answer_that_is_not_from_a_Kubernetes_API_is_named(int status, string? type, string? location, string expected)
    {
        await using TestServer server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            if (location is not null)
                context.Response.Headers.Location = location;
            return context.Response.WriteAsync("<html>hello</html>");
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        KubernetesProtocolException e = await Assert.ThrowsAsync<KubernetesProtocolException>(() => harness.TextAsync(Slices));

        Assert.Contains("is not a Kubernetes API", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_compressed_answer_it_did_not_ask_for()
    {
        await using TestServer server = await TestServer.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return TestServer.JsonAsync(context, 200, "not really");
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        KubernetesProtocolException e = await Assert.ThrowsAsync<KubernetesProtocolException>(() => harness.TextAsync(Slices));

        Assert.Contains("encoded as gzip, which was not asked for", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_no_request_after_its_disposal()
    {
        await using TestServer server = await TestServer.StartAsync(ApiHarness.EchoAsync);
        using ApiHarness harness = new(ApiHarness.Access(server.Address));
        harness.Api.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => harness.TextAsync("/version"));
    }

    [Fact]
    public async Task Finds_the_server_again_after_it_was_restarted()
    {
        TestServer first = await TestServer.StartAsync(ApiHarness.EchoAsync);
        await using TcpRelay relay = new(() => first.Port);
        using ApiHarness harness = new(ApiHarness.Access(new Uri($"http://127.0.0.1:{relay.Port}/")));
        await harness.TextAsync("/version");

        await first.DisposeAsync();
        await Assert.ThrowsAsync<KubernetesUnreachableException>(() => harness.TextAsync("/version"));
        first = await TestServer.StartAsync(ApiHarness.EchoAsync);
        Assert.Contains("HTTP/1.1", await harness.TextAsync("/version"), StringComparison.Ordinal);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_proxys_error_page_is_a_refusal_with_its_status()
    {
        KubernetesApiException e = await RefusalAsync(context =>
        {
            context.Response.StatusCode = 502;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>Bad Gateway</html>");
        });

        Assert.Equal(502, e.StatusCode);
        Assert.Contains("text/html, as of a proxy", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_the_connection_was_refused()
    {
        using Socket taken = new(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using ApiHarness harness = new(ApiHarness.Access(new Uri($"http://{taken.LocalEndPoint}/")));

        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => harness.TextAsync(Slices));

        Assert.Contains($"http://{taken.LocalEndPoint}/", e.Message, StringComparison.Ordinal);
        Assert.Contains("the connection was refused", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, harness.Counts["berth.api.requests:berth.api.verb=list,error.type=unreachable"]);
    }

    [Fact]
    public void Says_that_the_name_could_not_be_resolved()
    {
        // As the handler of HTTP reports it. How soon a real name is refused depends on the DNS of the machine.
        HttpRequestException failure = new(
            HttpRequestError.NameResolutionError, "", new SocketException((int)SocketError.HostNotFound));

        KubernetesUnreachableException e = TransportFailure.Unreachable(
            ApiHarness.Access(new Uri("https://no-such-host.invalid/")), failure);

        Assert.Contains("no-such-host.invalid could not be resolved", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_up_a_server_that_takes_the_request_and_stays_silent()
    {
        FakeTimeProvider time = new();
        TaskCompletionSource asked = new();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address), time);

        Task<string> request = harness.TextAsync(Slices);
        await asked.Task.WaitAsync(Wait.Limit, Cancelled);
        time.Advance(TimeSpan.FromSeconds(60));

        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => request);
        Assert.Contains("did not answer within 60 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_prompt_and_not_counted_as_an_error()
    {
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => harness.Api.GetAsync(Slices, cancel.Token));

        Assert.Empty(harness.Counts);
    }

    [Fact]
    public async Task A_body_cut_in_the_middle_fails_with_our_own_exception()
    {
        TaskCompletionSource started = new();
        await using TestServer server = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{\"items\":[");
            await context.Response.Body.FlushAsync();
            await started.Task;
            context.Abort();
        });
        using ApiHarness harness = new(ApiHarness.Access(server.Address));
        using KubernetesResponse response = await harness.Api.GetAsync(Slices, Cancelled);
        started.SetResult();
        using StreamReader reader = new(response.Body);

        KubernetesUnreachableException e = await Assert.ThrowsAsync<KubernetesUnreachableException>(() => reader.ReadToEndAsync(Cancelled));

        Assert.Contains("broke off its answer", e.Message, StringComparison.Ordinal);
    }

    private static async Task<KubernetesApiException> RefusalAsync(RequestDelegate answer, TimeProvider? time = null)
    {
        await using TestServer server = await TestServer.StartAsync(answer);
        using ApiHarness harness = new(ApiHarness.Access(server.Address), time);
        KubernetesApiException e = await Assert.ThrowsAsync<KubernetesApiException>(() => harness.TextAsync(Slices));
        Assert.Equal(1, harness.Counts[$"berth.api.requests:berth.api.verb=list,http.response.status_code={e.StatusCode}"]);
        return e;
    }
}
