// An Orleans client that finds the gateways of the silos through Berth: it needs no access to the silos' membership table.
using Berth.Extensions.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Messaging;
using Samples.OrleansClient;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.AddBerthView("silos");                                  // the base port is that of the gateways
builder.Services.AddSingleton<IGatewayListProvider, BerthGateways>();
builder.UseOrleansClient(static client => client.Configure<ClusterOptions>(static options =>
{
    options.ClusterId = "rooms";
    options.ServiceId = "rooms";
}));

using IHost host = builder.Build();
await host.StartAsync();
IRoomGrain room = host.Services.GetRequiredService<IClusterClient>().GetGrain<IRoomGrain>("17");
Console.WriteLine(await room.JoinAsync("ann"));
await host.StopAsync();
