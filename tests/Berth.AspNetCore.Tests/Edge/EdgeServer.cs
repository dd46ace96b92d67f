using System.Diagnostics.Metrics;
using Berth.AspNetCore;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>The routes of service A in a program of its own, with the options of one test.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly EndpointDirectory _directory;
    private readonly Meter _meter = new("Berth");
    private WebApplication _program = null!;

    private EdgeServer() =>
        _directory = new EndpointDirectory(Source, new EndpointDirectoryOptions { TimeProvider = Time, Meter = _meter });

    public PushableSource Source { get; } = new();

    public TestClock Time { get; } = new();

    public EndpointView View => _directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports);

    public EndpointView OtherView => _directory.Follow(DispatcherFixture.Other, DispatcherFixture.Ports);

    public static DispatcherTarget[] Targets { get; } =
    [
        new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports),
        new DispatcherTarget(DispatcherFixture.Other, DispatcherFixture.Ports),
    ];

    /// <summary>Starts a program at its root, with those of the dispatcher's options that a program has.</summary>
    public static async Task<EdgeServer> StartAsync(DispatcherOptions options)
    {
        EdgeServer edge = new();
        edge._program = await PlainProgram.StartAsync("/", new BerthRouteOptions
        {
            Targets = options.Targets,
            PingTarget = options.PingTarget,
            Picker = options.Picker,
            Directory = edge._directory,
            TimeProvider = edge.Time,
        });
        await edge.Source.PublishAsync(edge.View, [DispatcherFixture.Pod(0)], cancellationToken: DispatcherFixture.Cancelled);
        return edge;
    }

    public HttpClient Client(bool follow = true) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = follow }) { BaseAddress = new Uri(_program.Urls.First()), Timeout = Wait.Limit };

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        await _directory.DisposeAsync();
        _meter.Dispose();
    }
}
