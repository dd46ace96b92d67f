using Berth.AspNetCore;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Tests;

/// <summary>The routes of service A in a program of its own, on a free loopback port, over a source that the test feeds.</summary>
internal sealed partial class DispatcherFixture : IAsyncDisposable
{
    private DispatcherFixture() =>
        Directory = new EndpointDirectory(Source, new EndpointDirectoryOptions { TimeProvider = Time, Meter = Meter });

    public EndpointDirectory Directory { get; }

    public WebApplication Server { get; private set; } = null!;

    /// <summary>Starts the program, with the routes at its root.</summary>
    public static Task<DispatcherFixture> StartAsync(IEndpointPicker? picker = null) => StartAsync("/", picker);

    /// <summary>Starts the program.</summary>
    /// <param name="prefix">What is in front of the routes.</param>
    /// <param name="picker">The picker.</param>
    /// <param name="configure">Further services.</param>
    /// <param name="use">Middleware, and the conventions of the routes.</param>
    public static async Task<DispatcherFixture> StartAsync(
        string prefix, IEndpointPicker? picker = null, Action<IServiceCollection>? configure = null,
        Action<WebApplication, IEndpointConventionBuilder>? use = null)
    {
        DispatcherFixture fixture = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(fixture.Directory);
        builder.Services.AddSingleton<TimeProvider>(fixture.Time);
        configure?.Invoke(builder.Services);
        fixture.Server = builder.Build();
        IEndpointConventionBuilder routes = fixture.Server.MapBerth(prefix, new BerthRouteOptions
        {
            Targets = [new DispatcherTarget(B, Ports), new DispatcherTarget(Other, Ports)],
            Picker = picker ?? new RoundRobinPicker(),
        });
        use?.Invoke(fixture.Server, routes);
        await fixture.Server.StartAsync(Cancelled);
        fixture.Client = new HttpClient { BaseAddress = new Uri(fixture.Server.Urls.First()), Timeout = Wait.Limit };
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        // The program's services have the directory, but did not create it.
        await Directory.DisposeAsync();
        Meter.Dispose();
    }
}
