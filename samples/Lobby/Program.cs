// A lobby: players ask it for a room server, and then connect to that pod directly.
using Berth;
using Berth.Extensions.Hosting;
using Berth.Http;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddBerthView("rooms");                                          // the pods, from appsettings.json
builder.Services.AddHttpClient("rooms").AddBerthHandler("rooms");       // for the lobby's own calls to them

WebApplication app = builder.Build();
app.MapHealthChecks("/healthz");

// The address of any pod that is ready.
app.MapGet("/join", async (EndpointView rooms, CancellationToken ct) => (await rooms.GetEndpointsAsync(ct)).PickRandom().Authority);

// The address of one pod, by name: friends meet there.
app.MapGet("/join/{pod}", async (string pod, EndpointView rooms, CancellationToken ct) =>
    (await rooms.GetEndpointsAsync(ct)).FindByName(pod) is { IsAvailable: true } found
        ? Results.Text(found.Authority)
        : Results.NotFound($"{pod} is not there."));

// A call from the lobby to that pod, and to no other.
app.MapGet("/players/{pod}", async (string pod, IHttpClientFactory clients, CancellationToken ct) =>
{
    try
    {
        return Results.Text(await clients.CreateClient("rooms").GetStringAsync($"http://{pod}.rooms/players", ct));
    }
    catch (HttpRequestException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
});

await app.RunAsync();
