using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Berth.Dispatcher;
using Berth.Dispatcher.Tests;
using Berth.TestKit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.AspNetCore.Tests;

/// <summary>The routes of service A as a part of another program.</summary>
public sealed class MapBerthTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/discovery")]
    [InlineData("/api/{tenant}/discovery/")]
    public async Task Prefix_is_in_front_of_every_route(string prefix)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(prefix);
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        string at = prefix.TrimEnd('/').Replace("{tenant}", "me", StringComparison.Ordinal);

        Assert.Equal("10.88.0.10:3000", await fixture.Client.GetStringAsync(at, Token));
        Assert.Equal("10.88.0.10:3000", await fixture.Client.GetStringAsync(at + "/", Token));
        Assert.Equal("ok\n", await fixture.Client.GetStringAsync(at + "/healthz", Token));
        JsonElement one = await fixture.GetJsonAsync(at + "/v1/endpoints/k8s-example2/service-b/service-b-0");
        Assert.Equal("service-b-0", one.GetProperty("endpoint").GetProperty("pod").GetString());
        await fixture.GetProblemAsync(at + "/v1/endpoints/k8s-example2/service-z", 404, "unknown-target");
        foreach (string other in new[] { "/nothing", "/openapi.json", "/metrics", "/v1/ping", "/v1/seats/k8s-example2/service-b" })
            await fixture.GetProblemAsync(at + other, 404, "unknown-route");
        await fixture.GetProblemAsync(at + "/readyz", 405, "method-not-allowed", HttpMethod.Post);
        using HttpResponseMessage outside = await fixture.Client.GetAsync("/elsewhere", Token);
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
        Assert.Null(outside.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Rate_limits_and_filters_of_the_program_count()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            "/discovery", null,
            static services => services.AddRateLimiter(static o => o.AddFixedWindowLimiter("few", static window =>
            {
                window.PermitLimit = 2;
                window.Window = TimeSpan.FromHours(1);
            })),
            static (app, routes) =>
            {
                app.UseRateLimiter();
                routes.RequireRateLimiting("few");
            });
        await fixture.PublishAsync(DispatcherFixture.Pod(0));

        Assert.Equal("10.88.0.10:3000", await fixture.Client.GetStringAsync("/discovery", Token));
        Assert.Equal("10.88.0.10:3000", await fixture.Client.GetStringAsync("/discovery", Token));
        using HttpResponseMessage refused = await fixture.Client.GetAsync("/discovery/v1/watch/k8s-example2/service-b", Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Null(refused.Content.Headers.ContentType);
    }

    [Fact]
    public async Task Authorization_of_the_program_is_asked_first()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            "/discovery", null,
            static services =>
            {
                services.AddAuthentication("test").AddCookie("test", static o => o.Events.OnRedirectToLogin = static context =>
                {
                    context.Response.StatusCode = 401;
                    return Task.CompletedTask;
                });
                services.AddAuthorization();
            },
            static (app, routes) =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                routes.RequireAuthorization();
                app.MapPost("/login", static context => context.SignInAsync("test", new ClaimsPrincipal(new ClaimsIdentity("test"))));
            });
        await fixture.PublishAsync(DispatcherFixture.Pod(0));

        using HttpResponseMessage refused = await fixture.Client.GetAsync("/discovery/v1/endpoints/k8s-example2/service-b", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("", await refused.Content.ReadAsStringAsync(Token));
        using HttpResponseMessage login = await fixture.Client.PostAsync("/login", null, Token);
        using HttpRequestMessage request = new(HttpMethod.Get, "/discovery");
        request.Headers.Add("Cookie", login.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        using HttpResponseMessage allowed = await fixture.Client.SendAsync(request, Token);
        Assert.Equal("10.88.0.10:3000", await allowed.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task OpenAPI_document_describes_the_routes()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            "/discovery", null, static services => services.AddOpenApi(), static (app, _) => app.MapOpenApi());

        using JsonDocument document = JsonDocument.Parse(await fixture.Client.GetStringAsync("/openapi/v1.json", Token));

        JsonElement paths = document.RootElement.GetProperty("paths");
        Assert.Equal(
            [
                "/discovery", "/discovery/healthz", "/discovery/readyz", "/discovery/v1/endpoints/{namespace}/{service}",
                "/discovery/v1/endpoints/{namespace}/{service}/{pod}", "/discovery/v1/go/{namespace}/{service}/{pod}",
                "/discovery/v1/go/{namespace}/{service}/{pod}/{rest}", "/discovery/v1/targets",
                "/discovery/v1/watch/{namespace}/{service}",
            ],
            paths.EnumerateObject().Select(static p => p.Name.TrimEnd('/')).Order(StringComparer.Ordinal));
        JsonElement all = paths.GetProperty("/discovery/v1/endpoints/{namespace}/{service}").GetProperty("get");
        Assert.Equal(
            ["path namespace", "path service", "query key", "query pick", "query zone"],
            all.GetProperty("parameters").EnumerateArray().Select(static p => $"{p.GetProperty("in")} {p.GetProperty("name")}"));
        Assert.True(all.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty("application/json", out _));
    }

    [Fact]
    public async Task Client_is_sent_to_a_pod_below_a_prefix()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync("/discovery");
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpClientHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient client = new(handler) { BaseAddress = fixture.Client.BaseAddress };

        using HttpResponseMessage response = await client.GetAsync("/discovery/v1/go/k8s-example2/service-b/0/join/a?x=1", Token);

        Assert.Equal("http://10.88.0.10:3000/join/a?x=1", response.Headers.Location?.OriginalString);
        Assert.Contains("service-b", await client.GetStringAsync("/discovery/v1/targets", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CORS_of_the_program_lets_browsers_of_other_sites_watch()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            "/discovery", null,
            static services => services.AddCors(static o => o.AddPolicy("game", static p => p.WithOrigins("https://game.test"))),
            static (app, routes) =>
            {
                app.UseCors();
                routes.RequireCors("game");
            });
        using HttpRequestMessage request = new(HttpMethod.Get, "/discovery/v1/watch/k8s-example2/service-b");
        request.Headers.Add("Origin", "https://game.test");

        using HttpResponseMessage response = await fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("https://game.test", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Watch_over_HTTP_2_is_carried_by_the_server_of_the_program()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            "/discovery", null, static services => services.Configure<KestrelServerOptions>(
                static kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.Protocols = HttpProtocols.Http2)));
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpRequestMessage request = new(HttpMethod.Get, "/discovery/v1/watch/k8s-example2/service-b")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage response = await fixture.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Token));
        await ReadUntilAsync(reader, "event: snapshot");
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        await ReadUntilAsync(reader, "event: changes");

        static async Task ReadUntilAsync(StreamReader reader, string wanted)
        {
            string? line;
            do
            {
                line = await reader.ReadLineAsync(Token).AsTask().WaitAsync(Wait.Limit, Token);
                Assert.NotNull(line);
            }
            while (line != wanted);
        }
    }

    [Fact]
    public async Task A_clash_between_targets_is_logged_by_the_program()
    {
        RecordingLogger logger = new();
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync(
            "/discovery", null, services => services.AddSingleton<ILoggerFactory>(logger));
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        await fixture.Source.PublishAsync(
            fixture.OtherView, [DispatcherFixture.Pod(0, set: "service-c")], cancellationToken: Token);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        await logger.WaitForAsync("Port clash", Token);
    }

    [Fact]
    public async Task A_stopping_program_is_not_ready_and_its_watches_end_in_order()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync("/");
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        await fixture.Source.PublishAsync(fixture.OtherView, [], cancellationToken: Token);
        using EventStream stream = await EventStream.OpenAsync(fixture);
        await stream.ReadAsync();
        Assert.Equal("ready\n", await fixture.Client.GetStringAsync("/readyz", Token));

        // The program is told to stop. Its server still answers.
        fixture.Server.Lifetime.StopApplication();

        JsonElement unready = await fixture.GetProblemAsync("/readyz", 503, "not-ready");
        Assert.Equal("This dispatcher is shutting down.", unready.GetProperty("detail").GetString());
        string? line;
        while ((line = await stream.ReadLineAsync()) is not null)
            Assert.True(line is ":" or "", line);
        await fixture.Server.StopAsync(Token).WaitAsync(Wait.Limit, Token);
    }

    [Fact]
    public void Faults_and_a_missing_directory_are_sentences()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        WebApplication app = builder.Build();

        ArgumentException none = Assert.Throws<ArgumentException>(() => app.MapBerth("/discovery", new BerthRouteOptions()));
        InvalidOperationException missing = Assert.Throws<InvalidOperationException>(() => app.MapBerth(
            "/discovery", new BerthRouteOptions { Targets = [new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports)] }));

        Assert.Contains("There is no target.", none.Message, StringComparison.Ordinal);
        Assert.Contains("MapBerth finds no EndpointDirectory.", missing.Message, StringComparison.Ordinal);
    }
}
