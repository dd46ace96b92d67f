using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Berth.Bench.Clients;

/// <summary>A minimal web server that answers every path with a text.</summary>
internal static class Web
{
    public static async Task ServeAsync(string url, Func<CancellationToken, ValueTask<string?>> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url);
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            string? text = await answer(context.RequestAborted);
            if (text is null)
            {
                context.Response.StatusCode = 503;
                return;
            }

            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.ContentLength = text.Length;
            await context.Response.WriteAsync(text, context.RequestAborted);
        });
        await app.RunAsync();
    }
}
