using Berth.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Extensions.Hosting.Http;

public sealed class BerthHandlerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_names_an_ordinal_reaches_that_pod()
    {
        await using PodRig rig = new();
        rig.Builder.Services.AddHttpClient("lobby").AddBerthHandler("lobby");
        await rig.StartAsync(3);

        using HttpClient client = rig.CreateClient("lobby");
        for (int ordinal = 0; ordinal < 3; ordinal++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "http://lobby/");
            request.Options.Set(BerthHandler.Ordinal, ordinal);
            using HttpResponseMessage response = await client.SendAsync(request, Stop);
            Assert.Equal($"service-b-{ordinal}", await response.Content.ReadAsStringAsync(Stop));
        }
    }
}
