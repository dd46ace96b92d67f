using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;

namespace Berth.Dispatcher.Tests;

public sealed class ProblemTests
{
    private const string Path = "/v1/endpoints/k8s-example2/service-b";

    [Fact]
    public async Task An_unknown_target_is_404_and_names_those_that_are_followed()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        JsonElement problem = await fixture.GetProblemAsync("/v1/endpoints/k8s-example2/service-z", 404, "unknown-target");
        Assert.Contains(
            "k8s-example2/service-b, k8s-example2/service-c", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await fixture.GetProblemAsync("/v1/endpoints/k8s-example2/service-z/0", 404, "unknown-target");
        // A target that a client asks for is not followed: the directory still has the two of the configuration.
        Assert.Equal(2, fixture.Directory.Views.Count());
    }

    [Theory]
    [InlineData("/v1/endpoints/K8S/service-b")]
    [InlineData("/v1/endpoints/k8s-example2/service_b/0")]
    [InlineData("/v1/endpoints/k8s-example2/%22%3Cscript%3E")]
    public async Task A_malformed_target_is_400(string path)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.GetProblemAsync(path, 400, "malformed-target");
    }

    [Theory]
    [InlineData("3")]
    [InlineData("99999999999999999999")]
    [InlineData("service-b-3")]
    [InlineData("service-b")]
    [InlineData("-1")]
    public async Task An_unknown_pod_is_404(string pod)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        await fixture.GetProblemAsync($"{Path}/{pod}", 404, "unknown-pod");
    }

    [Fact]
    public async Task A_pod_that_is_left_out_is_404_with_its_reason()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.Source.PublishAsync(
            fixture.View, [], [new LeftOutPod("web-007", LeftOutReason.NoOrdinal, "'web-007' has leading zeros")],
            DispatcherFixture.Cancelled);
        JsonElement problem = await fixture.GetProblemAsync($"{Path}/web-007", 404, "pod-left-out");
        Assert.Contains("'web-007' has leading zeros", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "not-ready")]
    [InlineData(true, "draining")]
    public async Task A_pod_that_is_not_ready_is_503_and_is_shown(bool terminating, string state)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0, ready: false, terminating: terminating));
        JsonElement problem = await fixture.GetProblemAsync($"{Path}/0", 503, "pod-not-ready");
        Assert.Equal(state, problem.GetProperty("endpoint").GetProperty("state").GetString());
        Assert.Equal("10.88.0.10:3000", problem.GetProperty("endpoint").GetProperty("authority").GetString());
    }

    [Theory]
    [InlineData("?key=a", true)]
    [InlineData("?pick", true)]
    [InlineData("?key=a", false)]
    public async Task Nothing_ready_is_503(string query, bool hasPods)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(hasPods ? [DispatcherFixture.Pod(0, ready: false)] : []);
        JsonElement problem = await fixture.GetProblemAsync(Path + query, 503, "nothing-ready");
        Assert.Contains(
            hasPods ? "has 1 pod, and none is ready: service-b-0 is not-ready" : "has no pods", problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/0")]
    [InlineData("?key=a")]
    public async Task Not_listed_yet_is_503_and_says_when_to_come_back(string rest)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.GetProblemAsync(Path + rest, 503, "not-listed");
        using HttpResponseMessage response = await fixture.Client.GetAsync(Path + rest, DispatcherFixture.Cancelled);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/v1/endpoints/k8s-example2")]
    [InlineData("/v1/endpoints/k8s-example2/")]
    [InlineData("/v1/endpoints/k8s-example2/service-b/0/more")]
    [InlineData("/v1/endpoints//service-b")]
    [InlineData("/v1")]
    [InlineData("/healthz/")]
    [InlineData("/a%2Fb/%22/%C3%A4")]
    public async Task An_unknown_route_is_404(string path)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.GetProblemAsync(path, 404, "unknown-route");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    [InlineData(Path)]
    public async Task A_wrong_method_is_405_and_names_the_right_ones(string path)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.GetProblemAsync(path, 405, "method-not-allowed", HttpMethod.Post);
        using HttpRequestMessage request = new(HttpMethod.Delete, path);
        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Unexpected_request_body_is_skipped()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpRequestMessage request = new(HttpMethod.Get, "/") { Content = new StringContent("hello") };
        using HttpResponseMessage response = await fixture.Client.SendAsync(request, DispatcherFixture.Cancelled);
        Assert.Equal("10.88.0.10:3000", await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task An_unforeseen_failure_is_a_problem_and_not_a_bare_500()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(new BrokenPicker());
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        JsonElement problem = await fixture.GetProblemAsync(Path + "?pick", 500, "internal");
        Assert.DoesNotContain("broken on purpose", problem.GetRawText(), StringComparison.Ordinal);
        await fixture.GetProblemAsync("/", 500, "internal");
        using HttpResponseMessage after = await fixture.Client.GetAsync("/healthz", DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    private sealed class BrokenPicker : IEndpointPicker
    {
        public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint) =>
            throw new InvalidOperationException("broken on purpose");
    }
}
