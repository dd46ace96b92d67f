using System.Globalization;
using System.Text;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Microsoft.AspNetCore.Http;

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
        IEndpointPicker picker = Choice.PickerOf(state, target!, query);
        bool isBySeats = picker is FreeSeatPicker && Query.Find(query, "pick") == Choice.BySeats;
        string? key = isBySeats ? null : Query.Find(query, "key");
        if (key is not null || AsksForOne(snapshot!, query))
        {
            IEndpointPicker used = key is null ? picker : Choice.Sticky;
            return OneEndpoint.WritePickedAsync(
                exchange, target!, snapshot!, used, PodChoice.Of(target!, snapshot!, query, used, key));
        }

        (IReadOnlyList<PortClash> clashes, string more) = target!.Clashes.Find(snapshot!.FindPortClashes(), state.FindClashes());
        IReadOnlyList<PodSeats>? seats = target.Seats?.Read();
        string tag = EntityTag.Of(state.Epoch, snapshot, more + PodSeats.TagOf(seats));
        LargeAnswer.TellVary(exchange);
        if (exchange.IsNotModified(tag))
            return ValueTask.CompletedTask;
        TimeSpan? age = target.View.Age;
        return LargeAnswer.WriteAsync(
            exchange, () => target.Compressed, tag, target.Page.TryFormat(snapshot, age, clashes, seats),
            (body, aborted) => EndpointsPage.StreamAsync(body, snapshot, age, clashes, aborted, seats), state.Time);
    }

    /// <summary>Answers with one endpoint: by ordinal when the last part is a number, else by pod name.</summary>
    public ValueTask AnswerOneAsync(Exchange exchange, string ns, string service, string wanted)
    {
        if (Find(ns, service, out ServedTarget? target, out EndpointSnapshot? snapshot) is { } problem)
            return ProblemWriter.WriteAsync(exchange, problem);
        if (FindOne(snapshot!, wanted, exchange.Request.QueryString, out PodEndpoint? found) is { } ofPod)
            return ProblemWriter.WriteAsync(exchange, ofPod);
        string more = target!.Seats?.Find(found!) is { } seats ? PodSeats.TagOf([seats]) : "";
        return exchange.IsNotModified(EntityTag.Of(state.Epoch, snapshot!, more))
            ? ValueTask.CompletedTask
            : OneEndpoint.WriteAsync(exchange, target, snapshot!, found!, choice: default);
    }

    /// <summary>
    /// Sends the client to one pod (307), with the rest of the path and the query: <c>/v1/go/{namespace}/{service}/{pod}/...</c>.
    /// </summary>
    public ValueTask RedirectAsync(Exchange exchange, string[] parts)
    {
        if (Find(parts[0], parts[1], out ServedTarget? target, out EndpointSnapshot? snapshot) is { } problem)
            return ProblemWriter.WriteAsync(exchange, problem);
        if (FindOne(snapshot!, parts[2], exchange.Request.QueryString, out PodEndpoint? found) is { } ofPod)
            return ProblemWriter.WriteAsync(exchange, ofPod);
        target!.Picks.Increment();
        string rest = new PathString(parts.Length < 4 ? "/" : "/" + parts[3]).ToUriComponent();
        // Redirect to the host name if the pod has one: a browser compares it with the pod's certificate.
        string authority = found!.HostAuthority ?? found.Authority;
        exchange.Response.Headers.Location = $"{exchange.Request.Scheme}://{authority}{rest}{exchange.Request.QueryString}";
        return exchange.WriteWholeAsync(307, Exchange.PlainText, Encoding.UTF8.GetBytes(authority));
    }

    private static bool AsksForOne(EndpointSnapshot snapshot, string query) =>
        Query.Find(query, "pick") is not null || Query.Find(query, "zone") is { Length: > 0 }
        || (snapshot.Clusters.Count > 0 && ClusterOrder.NameIn(query) is not null);

    /// <summary>
    /// Finds a pod by ordinal when the text is a number, otherwise by name. With several clusters it is the pod of the cluster in
    /// <c>?cluster=</c>, or the first one that can be returned. Returns a problem when there is none.
    /// </summary>
    private static Problem? FindOne(EndpointSnapshot snapshot, string wanted, string query, out PodEndpoint? found)
    {
        if (snapshot.Clusters.Count == 0)
            return FindOne(snapshot, snapshot, wanted, out found);
        string? named = ClusterOrder.NameIn(query);
        Problem? first = null;
        found = null;
        foreach (EndpointCluster cluster in snapshot.Clusters)
        {
            if (cluster.Served is not { } part || (named is not null && !ClusterOrder.IsIn(cluster.Name, named)))
                continue;
            if (FindOne(snapshot, part, wanted, out found) is not { } problem)
                return null;
            // An existing pod that is not ready is a better reason than a cluster without such a pod.
            if (first is null || found is not null)
                first = problem;
        }

        return first ?? Problem.UnknownPod(snapshot, wanted);
    }

    private static Problem? FindOne(EndpointSnapshot whole, EndpointSnapshot snapshot, string wanted, out PodEndpoint? found)
    {
        bool isNumber = !wanted.AsSpan().ContainsAnyExceptInRange('0', '9');
        found = !isNumber ? snapshot.FindByName(wanted)
            : int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) ? snapshot.FindByOrdinal(ordinal)
            : null;
        if (found is null)
        {
            LeftOutPod? leftOut = snapshot.LeftOut.FirstOrDefault(p => p.Name == wanted);
            return leftOut is null ? Problem.UnknownPod(whole, wanted) : Problem.PodLeftOut(whole, leftOut);
        }

        // A client that names a cordoned pod has a session there.
        return found.IsAvailable || found.State == PodState.Cordoned ? null : Problem.PodNotReady(whole, found);
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
}
