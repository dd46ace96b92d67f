using Berth.Seats.Refusals;

namespace Berth.Seats.Wire;

/// <summary>A problem of the desk's server.</summary>
/// <param name="Word">The last part of its type.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence.</param>
internal readonly record struct DeskProblem(string Word, int Status, string Detail)
{
    public const string TypePrefix = "urn:berth:problem:";

    public static DeskProblem NoKey { get; } = new(
        "desk-key", 401, "This desk answers clients with its key only. Send the header Authorization: Bearer TOKEN; see docs/seats.md.");

    public static DeskProblem TooManyConnections { get; } = new(
        "too-many-connections", 503, "The desk has its largest number of connections. Use an open one, or try again later.");

    public static DeskProblem UnknownRoute { get; } = new(
        "unknown-route", 404, "The desk has no such route. See docs/seats.md.");

    public static DeskProblem MethodNotAllowed { get; } = new("method-not-allowed", 405, "This route does not accept the method.");

    public static DeskProblem TooLarge { get; } = new("too-large", 413, "The request's body is too large. Send fewer requests at once.");

    public static DeskProblem Internal { get; } = new(
        "internal", 500, "An unexpected error occurred. The desk's log has the reason.");

    /// <summary>The kind in words.</summary>
    public string Title => char.ToUpperInvariant(Word[0]) + Word[1..].Replace('-', ' ');

    public static DeskProblem Malformed(string detail) => new("malformed-request", 400, detail);

    public static DeskProblem Of(SeatRefusal refusal) =>
        new(RefusalWords.WordOf(refusal), StatusOf(refusal), RefusalWords.SentenceOf(refusal));

    public ProblemMessage ToMessage() => new(TypePrefix + Word, Title, Status, Detail);

    private static int StatusOf(SeatRefusal refusal) => refusal switch
    {
        SeatRefusal.Full or SeatRefusal.Closed => 503,
        SeatRefusal.SeatsOutOfRange or SeatRefusal.TtlOutOfRange or SeatRefusal.Malformed => 400,
        SeatRefusal.KeyReused => 422,
        SeatRefusal.Unknown => 404,
        SeatRefusal.Expired or SeatRefusal.Replayed or SeatRefusal.Released => 409,
        _ => 403,
    };
}
