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

    [Theory]
    [InlineData("", null, "Berth:Remote:Dispatchers: '' is no address of a dispatcher.")]
    [InlineData(null, null, "Berth:Remote:Dispatchers is missing. Set it to the address of a dispatcher, or of several.")]
    [InlineData("service-a", null, "Berth:Remote:Dispatchers: 'service-a' is no address of a dispatcher.")]
    [InlineData("http://service-a", "two words", "Berth:Remote:Token contains a space, a line break or a letter that no header may have.")]
    public async Task Setting_that_cannot_be_used_is_refused_at_the_start(string? dispatcher, string? token, string sentence)
    {
        using IHost host = Create(dispatcher, token).Build();

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two words", refused.ToString(), StringComparison.Ordinal);
    }

    private static HostApplicationBuilder Create(string? dispatcher, string? token = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Berth:Source"] = "Remote",
            ["Berth:FirstSnapshotTimeout"] = $"{Wait.Limit}",
            ["Berth:Remote:Token"] = token,
            ["Berth:Views:lobby:Namespace"] = TestPods.Target.Namespace,
            ["Berth:Views:lobby:Service"] = TestPods.Target.Service,
            ["Berth:Views:lobby:BasePort"] = "3000",
        });
        if (dispatcher is not null)
            builder.Configuration["Berth:Remote:Dispatchers:0"] = dispatcher;
        builder.AddBerthView("lobby");
        return builder;
    }
}
