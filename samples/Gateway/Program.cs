// A gateway for clients that cannot reach pods directly: /pods/service-b-2/... goes to that pod, anything else to any pod.
using Berth.Kubernetes;
using Berth.Yarp;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(static _ => KubernetesEndpoints.Connect());
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy")).AddBerthDestinations();

WebApplication app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
