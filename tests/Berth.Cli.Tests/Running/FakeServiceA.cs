using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Tests.Running;

/// <summary>A server that answers every GET with what the test says.</summary>
internal sealed class FakeServiceA : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FakeServiceA(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    public static async Task<FakeServiceA> StartAsync(Func<string> answer, int status = 200, string? host = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        application.Run(context =>
        {
            context.Response.StatusCode = status;
            if (host is not null)
                context.Response.Headers["Berth-Host"] = host;
            return context.Response.WriteAsync(answer());
        });
        await application.StartAsync();
        return new FakeServiceA(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
