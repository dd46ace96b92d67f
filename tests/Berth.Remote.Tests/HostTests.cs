using Berth.Extensions.Hosting;
using Berth.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Remote.Tests;

/// <summary>The source in a .NET host, as docs/dotnet/remote.md adds it.</summary>
public sealed class HostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Setting_remote_reads_the_pods_of_the_dispatcher_it_names()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        HostApplicationBuilder builder = Create(a.Url);
        using IHost host = builder.Build();
        await host.StartAsync(Token);

        EndpointView view = host.Services.GetRequiredService<EndpointView>();
        EndpointSnapshot read = await view.GetEndpointsAsync(Token);

        Assert.Equal(2, read.Available.Count);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Setting_without_a_dispatcher_is_refused_at_the_start()
    {
        using IHost host = Create(null).Build();

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));

        Assert.Contains("'' is no address of a dispatcher", refused.ToString(), StringComparison.Ordinal);
    }

    private static HostApplicationBuilder Create(string? dispatcher)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Berth:Source"] = "remote",
            ["Berth:remote:Dispatcher"] = dispatcher,
            ["Berth:Views:lobby:Namespace"] = TestPods.Target.Namespace,
            ["Berth:Views:lobby:Service"] = TestPods.Target.Service,
            ["Berth:Views:lobby:BasePort"] = "3000",
        });
        builder.AddBerthSource("remote", context => new RemoteEndpointSource([context.Configuration["Dispatcher"] ?? ""]));
        builder.AddBerthView("lobby");
        return builder;
    }
}
