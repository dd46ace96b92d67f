using System.Text;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.State;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Routes;

/// <summary><c>GET /</c>: the <c>ip:port</c> of one pod of the first target, and nothing else.</summary>
internal sealed class RootAnswer(DispatcherState state, RequestCounts counts)
{
    private static readonly StringValues s_plainText = Exchange.PlainText;

    public Task AnswerAsync(Exchange exchange)
    {
        exchange.CloseIf(state.IsStopping);
        EndpointView view = state.First.View;
        if (view.Current is not { } snapshot)
            return RefuseAsync(exchange, Problem.NotListed(view));
        if (view.IsTooStale)
            return RefuseAsync(exchange, Problem.TooStale(view));
        ReadOnlyMemory<byte> body = Pick(snapshot, exchange.Request.QueryString);
        counts.Root.Increment();
        ValueTask sent = exchange.WriteWholeAsync(200, s_plainText, body);
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
    }

    /// <summary>
    /// Returns the bytes of the answer; empty when no pod is available. The endpoint keeps its bytes, so nothing is allocated or formatted.
    /// </summary>
    internal ReadOnlyMemory<byte> Pick(EndpointSnapshot snapshot, string query)
    {
        if (Choice.ByPicker(state.Picker, snapshot, query) is not { } endpoint)
            return default;
        state.First.Picks.Increment();
        return endpoint.AuthorityUtf8;
    }

    private Task RefuseAsync(Exchange exchange, Problem problem)
    {
        counts.Add(Route.Root, 503);
        exchange.Response.Headers.RetryAfter = "1";
        return exchange.WriteWholeAsync(503, s_plainText, Encoding.UTF8.GetBytes(problem.Detail + "\n")).AsTask();
    }
}
