using System.Text;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Routes;

/// <summary><c>GET /</c>: the <c>ip:port</c> of one pod of the first target, and nothing else.</summary>
internal sealed class RootAnswer(DispatcherState state)
{
    /// <summary>The header with the host name and the port of the chosen pod, where it has a name.</summary>
    public const string HostHeader = "Berth-Host";

    /// <summary>The header with the free and taken seats of the chosen pod, where its desk states them.</summary>
    public const string SeatsHeader = "Berth-Seats";

    private static readonly StringValues s_plainText = Exchange.PlainText;

    public Task AnswerAsync(Exchange exchange)
    {
        exchange.CloseIf(state.IsStopping);
        EndpointView view = state.First.View;
        if (view.Current is not { } snapshot)
            return RefuseAsync(exchange, Problem.NotListed(view));
        if (view.IsTooStale)
            return RefuseAsync(exchange, Problem.TooStale(view));
        string query = exchange.Request.QueryString;
        if (exchange.Accepts(Exchange.Json, "text/plain"))
            return AnswerInJsonAsync(exchange, snapshot, query);
        PodEndpoint? picked = query.Length == 0 && snapshot.Clusters.Count == 0
            ? Pick(snapshot, query)
            : PickAndTell(exchange, snapshot, query);
        ReadOnlyMemory<byte> body = picked is null ? default : TellHost(exchange, picked, query);
        if (picked is not null && state.First.Seats?.Find(picked) is { Desk: not PodSeats.Silent } seats)
            exchange.Response.Headers[SeatsHeader] = $"free={seats.Free}, taken={seats.Taken}";
        ValueTask sent = exchange.WriteWholeAsync(200, s_plainText, body);
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
    }

    /// <summary>
    /// Chooses a pod for a request without a query, or null when the answer is more than a pod: nothing is listed, it is too old, no pod is
    /// available, the pods are of several clusters, or the server stops.
    /// </summary>
    public PodEndpoint? PickPlain()
    {
        EndpointView view = state.First.View;
        if (state.IsStopping || view.Current is not { Clusters.Count: 0 } snapshot || view.IsTooStale)
            return null;
        return Pick(snapshot, "");
    }

    /// <summary>Chooses a pod, or null when none is available.</summary>
    internal PodEndpoint? Pick(EndpointSnapshot snapshot, string query)
    {
        if (Choice.ByPicker(Choice.PickerOf(state, state.First, query), snapshot, query) is not { } endpoint)
            return null;
        state.First.Picks.Increment();
        return endpoint;
    }

    /// <summary>
    /// Returns the bytes of the answer. The endpoint keeps its bytes, so nothing is allocated or formatted, except for a pod with a host
    /// name: that stands in a header, and with <c>?host</c> in the answer.
    /// </summary>
    private static ReadOnlyMemory<byte> TellHost(Exchange exchange, PodEndpoint endpoint, string query)
    {
        if (endpoint.HostAuthority is not { } host)
            return endpoint.AuthorityUtf8;
        exchange.Response.Headers[HostHeader] = host;
        return query.Length > 0 && Query.Find(query, "host") is not null ? Encoding.UTF8.GetBytes(host) : endpoint.AuthorityUtf8;
    }

    /// <summary>Answers as <c>/v1/endpoints/{namespace}/{service}?pick</c> of the first target does.</summary>
    private Task AnswerInJsonAsync(Exchange exchange, EndpointSnapshot snapshot, string query)
    {
        IEndpointPicker picker = Choice.PickerOf(state, state.First, query);
        PodChoice choice = PodChoice.Of(state.First, snapshot, query, picker);
        return OneEndpoint.WritePickedAsync(exchange, state.First, snapshot, picker, choice).AsTask();
    }

    private PodEndpoint? PickAndTell(Exchange exchange, EndpointSnapshot snapshot, string query)
    {
        PodChoice choice = PodChoice.Of(state.First, snapshot, query, Choice.PickerOf(state, state.First, query));
        if (choice.Picked is not null)
            state.First.Picks.Increment();
        choice.Tell(exchange);
        return choice.Picked;
    }

    private Task RefuseAsync(Exchange exchange, Problem problem)
    {
        if (exchange.Accepts(Exchange.Json, "text/plain"))
            return ProblemWriter.WriteAsync(exchange, problem).AsTask();
        exchange.Response.Headers.RetryAfter = "1";
        return exchange.WriteWholeAsync(503, s_plainText, Encoding.UTF8.GetBytes(problem.Detail + "\n")).AsTask();
    }
}
