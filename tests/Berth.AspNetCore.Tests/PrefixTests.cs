using System.Diagnostics.Metrics;
using Berth.Dispatcher;
using Berth.Dispatcher.Tests;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.AspNetCore.Tests;

/// <summary>Prefixes of service A's routes: those that stand side by side, and those that are told apart by a sentence.</summary>
public sealed class PrefixTests : IAsyncDisposable
{
    private readonly EndpointDirectory _directory = new(new PushableSource());
    private readonly WebApplication _app = PlainProgram.Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _directory.DisposeAsync();
    }

    [Theory]
    [InlineData("/discovery")]
    [InlineData("/")]
    [InlineData("")]
    public void A_prefix_that_is_mapped_twice_is_reported_at_the_call(string prefix)
    {
        Map(_app, prefix);
        InvalidOperationException twice = Assert.Throws<InvalidOperationException>(() => Map(_app, prefix, DispatcherFixture.Other));
        Assert.Equal($"MapBerth is called twice for the prefix '{prefix}'. Give all targets in one call, or two prefixes.", twice.Message);
    }

    [Theory]
    [InlineData("/discovery", "/Discovery")]
    [InlineData("/discovery", "/discovery/")]
    [InlineData("discovery/", "/discovery")]
    [InlineData("/", "")]
    [InlineData("/api/{tenant}/discovery", "/API/{region}/Discovery/")]
    [InlineData("/{a:int}-x", "/{b:int}-X")]
    public void Prefixes_that_are_one_are_reported_at_the_call(string first, string second)
    {
        Map(_app, first);
        InvalidOperationException same = Assert.Throws<InvalidOperationException>(() => Map(_app, second));
        Assert.StartsWith(
            $"MapBerth is called for the prefixes '{first}' and '{second}', which are one:", same.Message, StringComparison.Ordinal);
        Assert.EndsWith("Give all targets in one call, or two prefixes.", same.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/discovery", "/discovery/healthz")]
    [InlineData("/discovery/v1/targets", "/Discovery")]
    [InlineData("/", "/v1/endpoints/{a}/{b}")]
    [InlineData("/", "/ReadyZ")]
    [InlineData("/v1", "/")]
    public void A_prefix_among_the_routes_of_another_is_reported(string first, string second)
    {
        Map(_app, first);
        (string outer, string inner) = first.Length < second.Length ? (first, second) : (second, first);
        InvalidOperationException among = Assert.Throws<InvalidOperationException>(() => Map(_app, second));
        Assert.Equal(
            $"The prefix '{inner}' of MapBerth is among the routes of its prefix '{outer}'. Give another prefix.", among.Message);
    }

    [Theory]
    [InlineData("/discovery", "/discovery/eu", "/discovery", "/discovery/eu")]
    [InlineData("/", "/eu", "", "/eu")]
    [InlineData("/{a:int}", "/{b:bool}", "/7", "/true")]
    [InlineData("/{tenant}", "/discovery", "/me", "/discovery")]
    [InlineData("/a/{x}", "/{y}/b", "/a/1", "/2/b")]
    public async Task Other_prefixes_stand_side_by_side(string first, string second, string firstPath, string secondPath)
    {
        Map(_app, first);
        Map(_app, second, DispatcherFixture.Other);
        await _app.StartAsync(Token);
        using HttpClient client = new() { BaseAddress = new Uri(_app.Urls.First()) };
        foreach ((string path, ServiceTarget target) in new[] { (firstPath, DispatcherFixture.B), (secondPath, DispatcherFixture.Other) })
        {
            Assert.Equal("ok\n", await client.GetStringAsync(path + "/healthz", Token));
            string targets = await client.GetStringAsync(path + "/v1/targets", Token);
            Assert.Contains($"\"{target}\"", targets, StringComparison.Ordinal);
            Assert.Single(targets.Split("\"target\":")[1..]);
        }
    }

    [Fact]
    public void Each_prefix_has_its_own_instruments()
    {
        IMeterFactory factory = _app.Services.GetRequiredService<IMeterFactory>();
        List<string> ready = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Name == "berth.ready" && ReferenceEquals(instrument.Meter.Scope, factory))
                    ready.Add($"{instrument.Meter.Name} {instrument.Meter.Tags!.Single().Value}");
            },
        };
        Map(_app, "/discovery");
        Map(_app, "/discovery/eu", DispatcherFixture.Other);
        listener.Start();
        Assert.Equal(["Berth.AspNetCore /discovery", "Berth.AspNetCore /discovery/eu"], ready.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_prefix_on_two_hosts_is_two_groups()
    {
        Map(_app.MapGroup("/").RequireHost("east.test"), "/discovery");
        Map(_app.MapGroup("/").RequireHost("west.test"), "/discovery", DispatcherFixture.Other);
        await _app.StartAsync(Token);
        using HttpClient client = new() { BaseAddress = new Uri(_app.Urls.First()) };
        (string, ServiceTarget)[] hosts = [("east.test", DispatcherFixture.B), ("west.test", DispatcherFixture.Other)];
        foreach ((string host, ServiceTarget target) in hosts)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/discovery/v1/targets");
            request.Headers.Host = host;
            using HttpResponseMessage response = await client.SendAsync(request, Token);
            Assert.Contains($"\"{target}\"", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_group_keeps_its_own_prefixes()
    {
        RouteGroupBuilder group = _app.MapGroup("/api");
        Map(group, "/discovery");
        Map(_app, "/discovery");
        InvalidOperationException twice = Assert.Throws<InvalidOperationException>(() => Map(group, "/discovery/"));
        Assert.StartsWith("MapBerth is called for the prefixes '/discovery' and '/discovery/'", twice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/{namespace}", "'namespace' appears more than one time")]
    [InlineData("/{rest}/x", "'rest' appears more than one time")]
    [InlineData("/{**all}", "catch-all")]
    [InlineData("/{x", "incomplete parameter")]
    [InlineData("/a?b", "'?'")]
    public void A_prefix_that_is_none_is_reported(string prefix, string why)
    {
        ArgumentException none = Assert.Throws<ArgumentException>(() => Map(_app, prefix));
        Assert.StartsWith($"The prefix '{prefix}' of MapBerth cannot be used: ", none.Message, StringComparison.Ordinal);
        Assert.Contains(why, none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prefix_that_comes_after_the_start_is_reported()
    {
        await _app.StartAsync(Token);
        InvalidOperationException late = Assert.Throws<InvalidOperationException>(() => Map(_app, "/discovery"));
        Assert.Equal(
            "The program has started already: no request would find the routes of MapBerth at '/discovery'. Call MapBerth before Run().",
            late.Message);
    }

    [Fact]
    public async Task A_directory_that_is_disposed_is_reported_and_takes_no_prefix()
    {
        EndpointDirectory gone = new(new PushableSource());
        await gone.DisposeAsync();
        ObjectDisposedException disposed = Assert.Throws<ObjectDisposedException>(() => Map(_app, "/discovery", directory: gone));
        Assert.StartsWith(
            "k8s-example2/service-b cannot be followed: the EndpointDirectory is disposed.", disposed.Message, StringComparison.Ordinal);
        Map(_app, "/discovery");
    }

    private void Map(IEndpointRouteBuilder app, string prefix, ServiceTarget? target = null, EndpointDirectory? directory = null) =>
        app.MapBerth(prefix, new BerthRouteOptions
        {
            Targets = [new DispatcherTarget(target ?? DispatcherFixture.B, DispatcherFixture.Ports)],
            Directory = directory ?? _directory,
        });
}
