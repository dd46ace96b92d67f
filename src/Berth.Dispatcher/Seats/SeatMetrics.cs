using System.Diagnostics.Metrics;

namespace Berth.Dispatcher.Seats;

/// <summary>The metrics of seats, for autoscalers too. They are computed when they are read.</summary>
internal static class SeatMetrics
{
    public static void Observe(Meter meter, IReadOnlyCollection<SeatTarget> targets)
    {
        meter.CreateObservableGauge(
            "berth.seats", () => targets.SelectMany(MeasureSeats), "{seat}",
            "Seats by target and state, of the desks that can be reached.");
        meter.CreateObservableGauge(
            "berth.seat.desks", () => targets.SelectMany(MeasureDesks), "{desk}", "Desks by target and state.");
        meter.CreateObservableGauge(
            "berth.seat.waiting", () => targets.Select(static target => Of(target, target.Line.Count)), "{client}",
            "Clients that wait for seats, by target.");
        meter.CreateObservableCounter(
            "berth.seat.requests", () => targets.SelectMany(MeasureRequests), "{request}", "Requests for seats, by target and outcome.");
    }

    private static IEnumerable<Measurement<long>> MeasureSeats(SeatTarget target)
    {
        SeatTotals totals = SeatTotals.Of(target);
        yield return Of(target, totals.Free, ("state", "free"));
        yield return Of(target, totals.Reserved, ("state", "reserved"));
        yield return Of(target, totals.Taken, ("state", "taken"));
    }

    private static IEnumerable<Measurement<long>> MeasureDesks(SeatTarget target)
    {
        IReadOnlyList<DeskLink> links = target.Links;
        int silent = links.Count(static link => link.State is null);
        int closed = links.Count(static link => link.State is { IsClosed: true });
        yield return Of(target, links.Count - silent - closed, ("state", "open"));
        yield return Of(target, closed, ("state", "closed"));
        yield return Of(target, silent, ("state", "silent"));
    }

    private static IEnumerable<Measurement<long>> MeasureRequests(SeatTarget target) =>
        target.Counts.All.Select(pair => Of(target, pair.Value, ("outcome", pair.Key)));

    private static Measurement<long> Of(SeatTarget target, long value, params ReadOnlySpan<(string Name, string Value)> tags)
    {
        KeyValuePair<string, object?>[] all = new KeyValuePair<string, object?>[tags.Length + 1];
        all[0] = new("target", target.Target.Name);
        for (int i = 0; i < tags.Length; i++)
            all[i + 1] = new(tags[i].Name, tags[i].Value);
        return new Measurement<long>(value, all);
    }
}
