using System.Net;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Changes while the server runs: it takes over all of a change, or nothing.</summary>
public sealed class ChangeTests
{
    private static readonly DispatcherTarget s_third = new(new ServiceTarget("k8s-example2", "service-d"), DispatcherFixture.Ports);

    private DispatcherChange? _next;

    [Fact]
    public async Task Target_that_is_added_answers_and_one_that_is_removed_is_unknown()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        bool isTaken = false;
        await ChangeAsync(edge, "The configuration has changed", new DispatcherChange
        {
            Targets = [EdgeServer.Targets[0], s_third],
            TakenOver = () => isTaken = true,
        });

        Assert.True(isTaken);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/v1/endpoints/k8s-example2/service-c"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/v1/endpoints/k8s-example2/service-d"));
        Assert.Contains("service-d", await client.GetStringAsync("/v1/targets", DispatcherFixture.Cancelled), StringComparison.Ordinal);
        Assert.Equal("10.88.0.10:3000", await client.GetStringAsync("/", DispatcherFixture.Cancelled));
        await UntilAsync(() => !edge.Source.Opened.Contains(DispatcherFixture.Other));
        string metrics = await client.GetStringAsync("/metrics", DispatcherFixture.Cancelled);
        Assert.Contains(
            "berth_reloads_total{berth_reload_subject=\"configuration\",berth_reload_result=\"ok\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_of_a_target_that_is_removed_ends()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        EndpointView other = edge.Follow(DispatcherFixture.Other);
        await edge.Source.PublishAsync(other, [DispatcherFixture.Pod(0)], cancellationToken: DispatcherFixture.Cancelled);
        using HttpResponseMessage watch = await client.GetAsync(
            "/v1/watch/k8s-example2/service-c", HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        using StreamReader reader = new(await watch.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
        while (await reader.ReadLineAsync(DispatcherFixture.Cancelled) is { } line && line != "event: snapshot")
            Assert.True(line.Length == 0 || line.StartsWith("retry:", StringComparison.Ordinal), line);
        await ChangeAsync(edge, "The configuration has changed", new DispatcherChange { Targets = [EdgeServer.Targets[0]] });
        await reader.ReadToEndAsync(DispatcherFixture.Cancelled).WaitAsync(Wait.Limit);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/v1/watch/k8s-example2/service-c"));
    }

    [Fact]
    public async Task Limits_change_both_ways()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        await ChangeAsync(edge, "The configuration has changed", new DispatcherChange
        {
            Targets = EdgeServer.Targets,
            ClientLimits = new DispatcherClientLimits { RequestsPerSecond = 1, Burst = 1, Watchers = 1 },
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(client, "/"));
        _next = new DispatcherChange { Targets = EdgeServer.Targets };
        edge.Time.Advance(TimeSpan.FromSeconds(5));
        await UntilAsync(() => edge.Log.Entries.Count(static entry => entry.Id == 328) == 2);
        for (int i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/"));
    }

    [Fact]
    public async Task Tokens_come_from_another_file()
    {
        using TlsFiles files = new();
        string first = files.Write("first", "lobby lobby-token-0123456789");
        string second = files.Write("second", "match match-token-0123456789");
        await using EdgeServer edge = await StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], TokenFile = first, ReadChange = Take,
        });
        using HttpClient client = edge.Client();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer match-token-0123456789");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/"));
        await ChangeAsync(
            edge, "The configuration has changed", new DispatcherChange { Targets = EdgeServer.Targets, TokenFile = second });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/"));
    }

    [Theory]
    [InlineData("none", "GET / answers for the first target, k8s-example2/service-b")]
    [InlineData("reversed", "GET / answers for the first target, k8s-example2/service-b")]
    [InlineData("ports", "The ports of k8s-example2/service-b cannot change")]
    [InlineData("token", "Whether tokens are needed cannot change")]
    [InlineData("prefix", "The IPv6 prefix of a client cannot change")]
    [InlineData("faults", "'x' is no target. Also this.")]
    public async Task F100_change_with_a_fault_changes_nothing_and_says_why(string what, string expected)
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        await ChangeAsync(edge, expected, new DispatcherChange
        {
            Targets = what switch
            {
                "none" => [],
                "reversed" => [EdgeServer.Targets[1], EdgeServer.Targets[0]],
                "ports" => [new DispatcherTarget(DispatcherFixture.B, PortScheme.PerOrdinal(4000))],
                _ => [EdgeServer.Targets[0]],
            },
            TokenFile = what == "token" ? "/nowhere" : null,
            ClientLimits = new DispatcherClientLimits { IPv6Prefix = what == "prefix" ? 48 : 64, RequestsPerSecond = 1, Burst = 1 },
            Faults = what == "faults" ? ["'x' is no target.", "Also this."] : [],
            TakenOver = static () => throw new InvalidOperationException("It is not taken over."),
        });
        for (int i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/"));
        Assert.Contains("service-c", await client.GetStringAsync("/v1/targets", DispatcherFixture.Cancelled), StringComparison.Ordinal);
        string metrics = await client.GetStringAsync("/metrics", DispatcherFixture.Cancelled);
        Assert.Contains(
            "berth_reloads_total{berth_reload_subject=\"configuration\",berth_reload_result=\"refused\"} 1", metrics,
            StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(path, DispatcherFixture.Cancelled);
        return response.StatusCode;
    }

    private static Task UntilAsync(Func<bool> condition) =>
        Wait.ForAsync(condition, DispatcherFixture.Cancelled);

    private DispatcherChange? Take() => Interlocked.Exchange(ref _next, null);

    private Task ChangeAsync(EdgeServer edge, string logged, DispatcherChange change)
    {
        _next = change;
        return edge.ReloadAsync(logged);
    }

    private Task<EdgeServer> StartAsync(DispatcherOptions? options = null) => EdgeServer.StartAsync(options ?? new DispatcherOptions
    {
        Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], ReadChange = Take,
    });
}
