using System.Diagnostics.Metrics;
using Berth.Diagnostics;

namespace Berth.Dispatcher.Seats;

/// <summary>The metrics of seats, for autoscalers too. They are computed when they are read.</summary>
internal static class SeatMetrics
{
    private const string OfSeat = "berth.seat.state";
    private const string OfDesk = "berth.desk.state";

    public static void Observe(Meter meter, IReadOnlyCollection<SeatTarget> targets)
    {
        meter.CreateObservableGauge(
            "berth.seats", () => targets.SelectMany(MeasureSeats), "{seat}",
            "Seats by target and state, of the desks that can be reached.");
        meter.CreateObservableGauge(
            "berth.seat.desks", () => targets.SelectMany(MeasureDesks), "{desk}", "Desks by target and state.");
        meter.CreateObservableGauge(
            "berth.seat.waiting",
            () => targets.Select(static target => TelemetryNames.Measure(target.Target.View.Target, (long)target.Line.Count)),
            "{client}",
            "Clients that wait for seats, by target.");
        meter.CreateObservableGauge(
            "berth.seat.at_least",
            () => targets.Select(static target => TelemetryNames.Measure(target.Target.View.Target, (long)target.AtLeast)),
            "{pod}",
            "The number of replicas below which a session may be lost, by target.");
        meter.CreateObservableCounter(
            "berth.seat.requests", () => targets.SelectMany(MeasureRequests), "{request}", "Requests for seats, by target and outcome.");
    }

    private static IEnumerable<Measurement<long>> MeasureSeats(SeatTarget target)
    {
        SeatTotals totals = SeatTotals.Of(target);
        yield return Of(target, totals.Free, OfSeat, "free");
        yield return Of(target, totals.Reserved, OfSeat, "reserved");
        yield return Of(target, totals.Taken, OfSeat, "taken");
    }

    private static IEnumerable<Measurement<long>> MeasureDesks(SeatTarget target)
    {
        IReadOnlyList<DeskLink> links = target.Links;
        int silent = links.Count(static link => link.State is null);
        int closed = links.Count(static link => link.State is { IsClosed: true });
        yield return Of(target, links.Count - silent - closed, OfDesk, "open");
        yield return Of(target, closed, OfDesk, "closed");
        yield return Of(target, silent, OfDesk, "silent");
    }

    private static IEnumerable<Measurement<long>> MeasureRequests(SeatTarget target) =>
        target.Counts.All.Select(pair => Of(target, pair.Value, "berth.seat.outcome", pair.Key));

    private static Measurement<long> Of(SeatTarget target, long value, string name, string more) =>
        TelemetryNames.Measure(target.Target.View.Target, value, name, more);
}
