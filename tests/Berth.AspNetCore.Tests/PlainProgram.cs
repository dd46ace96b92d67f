using Berth.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Tests;

/// <summary>A program on a free loopback port that has service A's routes and nothing else.</summary>
internal static class PlainProgram
{
    /// <summary>Builds the program. It listens once it is started.</summary>
    public static WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    /// <summary>Starts the program.</summary>
    /// <param name="prefix">What is in front of the routes.</param>
    /// <param name="options">Their options.</param>
    public static async Task<WebApplication> StartAsync(string prefix, BerthRouteOptions options)
    {
        WebApplication program = Build();
        program.MapBerth(prefix, options);
        await program.StartAsync(DispatcherFixture.Cancelled);
        return program;
    }
}
