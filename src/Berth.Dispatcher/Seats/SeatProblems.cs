using Berth.Dispatcher.Http;
using Berth.Seats;
using Berth.Seats.Refusals;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>The problems of requests for seats.</summary>
internal static class SeatProblems
{
    public static Problem Of(SeatProblemKind kind, SeatTarget target, int seats) => kind switch
    {
        SeatProblemKind.Full => new Problem(
            "full", "Full", 503,
            $"{target.Name} has no pod with {(seats == 1 ? "a free seat" : $"{seats} free seats")}. Ask again, or wait with ?wait=10s.")
        {
            RetryAfter = 1,
        },
        SeatProblemKind.TooManySeats => new Problem(
            "seats-out-of-range", "Seats out of range", 400,
            $"No pod of {target.Name} gives {seats} seats to one client; the most is {target.MostSeats}. Ask for fewer."),
        SeatProblemKind.NoDesk => new Problem(
            "no-desk", "No desk", 503,
            $"No desk of {target.Name} can be reached. Check that its pods run desks, and that the base port and the key file of desks " +
            "are the same on both sides.")
        {
            RetryAfter = 1,
        },
        SeatProblemKind.DeskSilent => new Problem(
            "desk-silent", "Desk silent", 503,
            $"The desks of {target.Name} that have room did not answer in time. Ask again with the same idempotency key.")
        {
            RetryAfter = 1,
        },
        _ => new Problem(
            "line-full", "Line full", 503, $"Too many clients wait for seats of {target.Name}, or this dispatcher stops. Ask again later.")
        {
            RetryAfter = 5,
        },
    };

    /// <summary>Returns the problem of a desk's refusal.</summary>
    public static Problem OfRefusal(SeatMessage refused) =>
        Of(RefusalWords.Find(refused.Refused!) ?? SeatRefusal.Unknown, refused.Detail ?? "The desk refused.");

    public static Problem OfRefusal(SeatRefusal refusal) => Of(refusal, RefusalWords.SentenceOf(refusal));

    public static Problem Malformed(string detail) => new("malformed-request", "Malformed request", 400, detail);

    public static Problem TooLarge() => new(
        "too-large", "Too large", 413, "The body of the request is too large. A request for seats is short.");

    public static Problem UnknownReservation(string id) => new(
        "unknown-reservation", "Unknown reservation", 404,
        $"There is no reservation {id} of a pod of this target. It ended, or its pod has gone. Reserve again.");

    public static Problem DeskFailed(string detail) => new("desk-silent", "Desk silent", 503, detail.TrimEnd('.') + ".") { RetryAfter = 1 };

    public static Problem MethodNotAllowed(string method, string allow) => new(
        "method-not-allowed", "Method not allowed", 405, $"{method} is not answered here. Use {allow}.")
    {
        Allow = allow,
    };

    private static Problem Of(SeatRefusal refusal, string detail)
    {
        DeskProblem problem = DeskProblem.Of(refusal);
        return new Problem(problem.Word, problem.Title, problem.Status, detail)
        {
            RetryAfter = problem.Status == 503 ? 1 : null,
        };
    }
}
