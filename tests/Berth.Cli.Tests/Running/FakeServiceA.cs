using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Tests.Running;

/// <summary>A server that answers every GET with the test's text.</summary>
internal sealed class FakeServiceA : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FakeServiceA(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    /// <summary>The header Authorization of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>The path of the last request.</summary>
    public string? Path { get; private set; }

    public static async Task<FakeServiceA> StartAsync(Func<string> answer, int status = 200, string? host = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        FakeServiceA fake = new(application);
        application.Run(context =>
        {
            fake.Path = context.Request.Path;
            fake.Authorization = context.Request.Headers.Authorization;
            context.Response.StatusCode = status;
            if (host is not null)
                context.Response.Headers["Berth-Host"] = host;
            return context.Response.WriteAsync(answer());
        });
        await application.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
