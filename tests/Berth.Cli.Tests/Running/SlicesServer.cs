using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Berth.Cli.Tests.Running;

/// <summary>A scripted API server with the pods of k8s-example2/service-b.</summary>
internal sealed class SlicesServer
{
    private const string Slice = """
        {"metadata": {"name": "service-b-x", "namespace": "k8s-example2", "uid": "s", "resourceVersion": "4",
          "labels": {"kubernetes.io/service-name": "service-b",
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"},
          "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": "service-b", "uid": "o", "controller": true}]},
         "addressType": "IPv4", "ports": [{"name": "game", "port": 3000, "protocol": "TCP"}], "endpoints": [ENDPOINTS]}
        """;

    /// <summary>The pods, all at 127.0.0.1.</summary>
    public string[] Pods { get; init; } = ["service-b-0", "service-b-1"];

    public bool WithHostNames { get; init; } = true;

    /// <summary>True when the account may not read slices.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>The name that it has for the account; null when it does not answer questions about the account.</summary>
    public string? User { get; init; }

    public string Version { get; init; } = "v1.36.2";

    /// <summary>The distance of its clock from the real one.</summary>
    public TimeSpan Ahead { get; init; }

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.Date = (DateTimeOffset.UtcNow + Ahead).ToString("R", CultureInfo.InvariantCulture);
        string path = context.Request.Path.Value ?? "";
        if (path == "/version")
        {
            await context.Response.WriteAsync($$"""{"gitVersion": "{{Version}}"}""");
            return;
        }

        if (User is not null && path.EndsWith("reviews", StringComparison.Ordinal) && context.Request.Method == "POST")
        {
            context.Response.StatusCode = (int)HttpStatusCode.Created;
            await context.Response.WriteAsync($$$"""
                {"status": {"allowed": {{{(IsForbidden ? "false" : "true")}}},
                            "userInfo": {"username": "{{{User}}}", "groups": ["players"]} } }
                """);
            return;
        }

        if (IsForbidden || !path.EndsWith("/endpointslices", StringComparison.Ordinal))
        {
            context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
            await context.Response.WriteAsync(
                """{"kind": "Status", "code": 403, "reason": "Forbidden", "message": "User \"me\" cannot do this"}""");
            return;
        }

        if (context.Request.Query.ContainsKey("watch"))
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        string endpoints = string.Join(',', Pods.Select((pod, i) => $$$"""
            {"addresses": ["127.0.0.1"], "conditions": {"ready": true}, {{{(WithHostNames ? $"\"hostname\": \"{pod}\"," : "")}}}
             "targetRef": {"kind": "Pod", "namespace": "k8s-example2", "name": "{{{pod}}}",
               "uid": "00000000-0000-0000-0000-00000000000{{{i}}}"}}
            """));
        await context.Response.WriteAsync(
            """{"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1", "metadata": {"resourceVersion": "5"}, "items": [""" +
            Slice.Replace("ENDPOINTS", endpoints, StringComparison.Ordinal) + "]}");
    }
}
