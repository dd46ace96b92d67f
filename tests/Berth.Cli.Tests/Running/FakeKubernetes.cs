using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Tests.Running;

/// <summary>An API server that answers every request alike, and a kubeconfig that leads to it.</summary>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TestFile _kubeconfig;

    private FakeKubernetes(WebApplication application)
    {
        _application = application;
        _kubeconfig = new TestFile(KubeconfigFor(application.Urls.Single()));
    }

    public string Kubeconfig => _kubeconfig.Path;

    /// <summary>The address of the server.</summary>
    public string Server => _application.Urls.Single();

    public static async Task<FakeKubernetes> StartAsync(RequestDelegate answer, int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        WebApplication application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        return new FakeKubernetes(application);
    }

    /// <summary>A server that answers with a status and a body.</summary>
    public static Task<FakeKubernetes> StartAsync(int status, string contentType, string body) => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    });

    public static string KubeconfigFor(string server) =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{ name: test, context: { cluster: test, user: test } }]
        clusters: [{ name: test, cluster: { server: "{{server}}" } }]
        users: [{ name: test, user: { token: secret-token } }]
        """;

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _kubeconfig.Dispose();
    }
}
