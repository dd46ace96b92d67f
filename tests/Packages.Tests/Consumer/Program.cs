// A program as a user writes it, from packages alone: two pods on loopback, and clients that reach them through Berth.
using Berth;
using Berth.Extensions.Hosting;
using Berth.Http;
using Berth.ServiceDiscovery;
using Microsoft.Extensions.Diagnostics.HealthChecks;

await using WebApplication zero = await StartPodAsync("service-b-0");
await using WebApplication one = await StartPodAsync("service-b-1");

HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
{
    ["Berth:Source"] = "Static",
    ["Berth:Views:lobby:Namespace"] = "k8s-example2",
    ["Berth:Views:lobby:Service"] = "service-b",
    ["Berth:Views:lobby:BasePort"] = "3000",
    ["Berth:Views:lobby:Pods:service-b-0"] = new Uri(zero.Urls.First()).Authority,
    ["Berth:Views:lobby:Pods:service-b-1"] = new Uri(one.Urls.First()).Authority,
});
builder.AddBerthView("lobby");
builder.Services.AddServiceDiscovery();
builder.Services.AddBerthServiceEndpointProvider();
builder.Services.AddHttpClient("discovered").AddServiceDiscovery();
builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby");
using IHost host = builder.Build();
await host.StartAsync();

EndpointSnapshot pods = await host.Services.GetRequiredService<EndpointView>().GetEndpointsAsync();
Console.WriteLine($"pods: {string.Join(", ", pods.Available.Select(static pod => pod.Name))}");
Console.WriteLine($"picked: {new OrdinalPicker(1).Pick(pods).Name}");

IHttpClientFactory clients = host.Services.GetRequiredService<IHttpClientFactory>();
HttpClient discovered = clients.CreateClient("discovered");
string[] answers = [await discovered.GetStringAsync("http://lobby/"), await discovered.GetStringAsync("http://lobby/")];
Console.WriteLine($"discovered: {string.Join(", ", answers.Order())}");

HttpClient lobby = clients.CreateClient("lobby");
Console.WriteLine($"handler: {await AskAsync(1)}");

HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
Console.WriteLine($"health: {report.Entries["Berth_lobby"].Status}");

// A pod that is gone: a request for it fails, and others go to the pod that is there.
await zero.StopAsync();
await zero.DisposeAsync();
Console.WriteLine($"gone: {await AskAsync(0)}");
Console.WriteLine($"others: {await AskAsync(null)}, {await AskAsync(null)}, {await AskAsync(null)}");
await host.StopAsync();

async Task<string> AskAsync(int? ordinal)
{
    using HttpRequestMessage request = new(HttpMethod.Get, "http://lobby/");
    if (ordinal is int wanted)
        request.Options.Set(BerthHandler.Ordinal, wanted);
    try
    {
        using HttpResponseMessage response = await lobby.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
    catch (HttpRequestException)
    {
        return nameof(HttpRequestException);
    }
}

static async Task<WebApplication> StartPodAsync(string name)
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    WebApplication pod = builder.Build();
    pod.MapGet("/", () => name);
    await pod.StartAsync();
    return pod;
}
