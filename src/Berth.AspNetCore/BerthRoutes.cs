using Berth.AspNetCore.Serving;
using Berth.Checks;
using Berth.Dispatcher.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Berth.AspNetCore;

/// <summary>Adds the routes of service A to a program.</summary>
public static class BerthRoutes
{
    private const string EndpointsPattern = "/v1/endpoints/{namespace}/{service}";
    private const string WatchPattern = "/v1/watch/{namespace}/{service}";
    private const string GoPattern = "/v1/go/{namespace}/{service}/{pod}";
    private const string PodPattern = "/{pod}";
    private const string RestPattern = "/{**rest}";

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the routes of service A below a prefix, with the same answers: the prefix itself, <c>/v1/targets</c>, <c>/v1/endpoints</c>,
    /// <c>/v1/watch</c>, <c>/v1/go</c>, <c>/v1/ping</c> with a <see cref="BerthRouteOptions.PingTarget"/>, <c>/healthz</c> and
    /// <c>/readyz</c>. docs/http-api.md describes them. <c>/metrics</c> is left to the program; the meter <c>Berth.AspNetCore</c> has its
    /// instruments, and the tag <c>berth.prefix</c>.
    /// </summary>
    /// <param name="endpoints">The program.</param>
    /// <param name="prefix">The path in front of the routes, such as <c>/discovery</c>; <c>/</c> for none.</param>
    /// <param name="options">The targets and how they are answered.</param>
    /// <returns>All routes, for conventions such as <c>RequireAuthorization()</c>.</returns>
    /// <exception cref="ArgumentException">
    /// The options have faults; the message names all of them. Or the prefix is not valid.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// There is no directory in the options or the services, the prefix is mapped already, or the program has started.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The directory is disposed.</exception>
    public static RouteGroupBuilder MapBerth(this IEndpointRouteBuilder endpoints, string prefix, BerthRouteOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        RoutePrefixes.CheckOpen(endpoints.ServiceProvider, prefix);
        RoutePrefixes prefixes = RoutePrefixes.Of(endpoints);
        RoutePrefix read = RoutePrefix.Parse(prefix, [EndpointsPattern + PodPattern, WatchPattern, GoPattern + RestPattern]);
        prefixes.Check(read);
        BerthAnswers answers = new(prefix, options, endpoints.ServiceProvider);
        prefixes.Add(read);
        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        Map(group, "/", 0, Root, "The address of one available pod.", "text/plain", answers);
        Map(group, EndpointsPattern, 4, Endpoints, "All endpoints of a Service, or one by key.", "application/json", answers);
        Map(group, EndpointsPattern + PodPattern, 5, Endpoint, "One endpoint by ordinal or by pod name.", "application/json", answers);
        Map(group, WatchPattern, 4, Watch, "The endpoints and each change, as server-sent events.", "text/event-stream", answers);
        Map(group, "/v1/targets", 2, Health, "The targets and their states.", "application/json", answers);
        Map(group, GoPattern, 5, Endpoint, "Sends the client to one pod.", "text/plain", answers);
        Map(group, GoPattern + RestPattern, 6, Go, "Sends the client to a path of one pod.", "text/plain", answers);
        if (options.PingTarget is not null)
            Map(group, "/v1/ping", 2, Health, "One pod of each zone that answers pings.", "application/json", answers);
        Map(group, "/healthz", 1, Health, "Whether the program runs.", "text/plain", answers);
        Map(group, "/readyz", 1, Health, "Whether every target has been listed.", "text/plain", answers);
        // Any other path or method gets a problem document, as from service A.
        group.Map(RestPattern, context => answers.AnswerAsync(context, 1)).ExcludeFromDescription();
        return group;
    }

    private static void Map(
        RouteGroupBuilder group, string pattern, int segments, Delegate parameters, string summary, string contentType,
        BerthAnswers answers) =>
        group.MapMethods(pattern, s_methods, context => answers.AnswerAsync(context, segments))
            .WithSummary(summary)
            .WithTags("Berth")
            // OpenAPI describes the parameters of a method. The answer itself takes them from the request, as service A does.
            .WithMetadata(
                [
                    parameters.Method,
                    .. parameters.Method.GetParameters().Select(static p => new DescribedParameter(p)),
                    new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [contentType]),
                    new ProducesResponseTypeMetadata(
                        StatusCodes.Status503ServiceUnavailable, typeof(ProblemDetails), [ProblemWriter.ContentType]),
                ]);

    private static void Root(string? key = null, string? zone = null)
    {
    }

    private static void Endpoints(string @namespace, string service, string? key = null, string? pick = null, string? zone = null)
    {
    }

    private static void Endpoint(string @namespace, string service, string pod)
    {
    }

    private static void Go(string @namespace, string service, string pod, string? rest = null)
    {
    }

    private static void Watch(string @namespace, string service, string? source = null)
    {
    }

    private static void Health()
    {
    }
}
