// A worker that keeps one session to every pod.
using Berth.Extensions.Hosting;
using Samples.Sessions;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.AddBerthView("rooms");
builder.Services.AddHostedService<SessionKeeper>();
await builder.Build().RunAsync();
