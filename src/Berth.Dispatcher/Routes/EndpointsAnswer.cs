using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Writing;

namespace Berth.Dispatcher.Routes;

/// <summary><c>GET /v1/endpoints/{namespace}/{service}</c>: a whole set, or one endpoint of it.</summary>
internal sealed class EndpointsAnswer(DispatcherState state)
{
    /// <summary>
    /// Answers with all endpoints, with the endpoint for a key (<c>?key=</c>), or with one chosen by the server's picker (<c>?pick</c>).
    /// </summary>
    public ValueTask AnswerAllAsync(Exchange exchange, string ns, string service)
    {
        if (Find(ns, service, out ServedTarget? target, out EndpointSnapshot? snapshot) is { } problem)
            return ProblemWriter.WriteAsync(exchange, problem);
        string query = exchange.Request.QueryString;
        if (Query.Find(query, "key") is { } key)
            return AnswerPicked(exchange, target!, snapshot!, Choice.Sticky, Choice.ByKey(snapshot!, key));
        if (Query.Find(query, "pick") is not null)
            return AnswerPicked(exchange, target!, snapshot!, state.Picker, Choice.ByPicker(state.Picker, snapshot!, query));
        (IReadOnlyList<PortClash> clashes, string more) = target!.Clashes.Find(snapshot!.FindPortClashes(), state.FindClashes());
        string tag = EntityTag.Of(state.Epoch, snapshot, more);
        exchange.Response.Headers.ETag = tag;
        if (EntityTag.Matches(exchange.Request.Headers.IfNoneMatch, tag))
        {
            exchange.Response.StatusCode = 304;
            exchange.Response.Headers.CacheControl = "no-store";
            return ValueTask.CompletedTask;
        }

        TimeSpan? age = target.View.Age;
        if (target.Page.TryFormat(snapshot, age, clashes) is { } page)
            return exchange.WriteWholeAsync(200, Exchange.Json, page);
        exchange.Begin(200, Exchange.Json, length: null);
        return exchange.IsHead
            ? ValueTask.CompletedTask
            : EndpointsPage.StreamAsync(exchange.Body, snapshot, age, clashes, exchange.Aborted);
    }

    /// <summary>Answers with one endpoint: by ordinal when the last part is a number, else by pod name.</summary>
    public ValueTask AnswerOneAsync(Exchange exchange, string ns, string service, string wanted)
    {
        if (Find(ns, service, out ServedTarget? target, out EndpointSnapshot? snapshot) is { } problem)
            return ProblemWriter.WriteAsync(exchange, problem);
        bool isNumber = !wanted.AsSpan().ContainsAnyExceptInRange('0', '9');
        PodEndpoint? found = !isNumber ? snapshot!.FindByName(wanted)
            : int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) ? snapshot!.FindByOrdinal(ordinal)
            : null;
        if (found is null)
        {
            LeftOutPod? leftOut = snapshot!.LeftOut.FirstOrDefault(p => p.Name == wanted);
            return ProblemWriter.WriteAsync(
                exchange, leftOut is null ? Problem.UnknownPod(snapshot, wanted) : Problem.PodLeftOut(snapshot, leftOut));
        }

        return found.IsAvailable
            ? WriteOne(exchange, target!, snapshot!, found)
            : ProblemWriter.WriteAsync(exchange, Problem.PodNotReady(snapshot!, found));
    }

    private Problem? Find(string ns, string service, out ServedTarget? target, out EndpointSnapshot? snapshot)
    {
        target = null;
        snapshot = null;
        if (!ServiceTarget.TryParse($"{ns}/{service}", out ServiceTarget asked, out string? fault))
            return Problem.MalformedTarget(fault);
        target = state.Find(asked);
        snapshot = target?.View.Current;
        return target is null ? Problem.UnknownTarget(asked, state.TargetNames)
            : snapshot is null ? Problem.NotListed(target.View)
            : target.View.IsTooStale ? Problem.TooStale(target.View)
            : null;
    }

    private static ValueTask AnswerPicked(
        Exchange exchange, ServedTarget target, EndpointSnapshot snapshot, IEndpointPicker picker, PodEndpoint? picked)
    {
        if (picked is null)
            return ProblemWriter.WriteAsync(exchange, Problem.NothingReady(snapshot, picker));
        target.Picks.Increment();
        return WriteOne(exchange, target, snapshot, picked);
    }

    private static ValueTask WriteOne(Exchange exchange, ServedTarget target, EndpointSnapshot snapshot, PodEndpoint endpoint)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            SnapshotHead.Write(json, snapshot, target.View.Age);
            json.WritePropertyName("endpoint"u8);
            EndpointJson.Write(json, endpoint);
            json.WriteEndObject();
        }

        return exchange.WriteWholeAsync(200, Exchange.Json, buffer.WrittenMemory);
    }
}
