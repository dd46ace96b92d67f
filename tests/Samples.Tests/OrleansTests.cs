using System.Globalization;
using Berth.TestKit;
using Berth.Testing;
using Microsoft.Extensions.Hosting;

namespace Samples;

/// <summary>The Orleans sample, against a real silo.</summary>
public sealed class OrleansTests
{
    [Fact]
    public async Task Orleans_client_reaches_the_silo_of_a_ready_pod()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: token);
        TestStatefulSet set = await cluster.AddStatefulSetAsync("k8s-example2", "service-b", replicas: 2, cancellationToken: token);
        // Nothing listens for pod 0, which is not ready. The silo is pod 1.
        await set.SetReadyAsync(0, false, token);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => silo.UseLocalhostClustering(
            FreePorts.Take(), set[1].EndPoint.Port, primarySiloEndpoint: null, serviceId: "rooms", clusterId: "rooms"));
        using IHost host = builder.Build();
        await host.StartAsync(token);

        await using SampleProgram client = SampleProgram.Start(
            "OrleansClient", cluster, [], ("Berth__Views__silos__BasePort", set.BasePort.ToString(CultureInfo.InvariantCulture)));
        await client.WaitForLineAsync("ann is in room 17");
        await host.StopAsync(token);
    }
}
