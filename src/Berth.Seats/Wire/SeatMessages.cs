using System.Globalization;
using Berth.Seats.Books;
using Berth.Seats.Desks;
using Berth.Seats.Refusals;
using Berth.Seats.Tickets;

namespace Berth.Seats.Wire;

/// <summary>Converts between messages and the values of a desk.</summary>
internal static class SeatMessages
{
    /// <summary>The longest client's key, in characters.</summary>
    public const int MaxKeyLength = 255;

    // Longer than any desk allows, and well inside the range of TimeSpan.
    private const double MaxSeconds = 1_000_000;

    public static SeatMessage Of(SeatDesk desk, in IssuedSeat issued) => issued.Answer is { IsGiven: true } answer
        ? new SeatMessage(
            Reservation: SeatIds.Format(answer.Reservation.Id),
            Phase: answer.Reservation.Phase == SeatPhase.Taken ? "taken" : "reserved",
            Seats: answer.Reservation.Seats,
            Ticket: issued.Ticket,
            ExpiresAt: issued.ExpiresAt,
            Ttl: issued.Left.TotalSeconds)
        : new SeatMessage(RefusalWords.WordOf(issued.Answer.Refusal), SentenceOf(desk, issued.Answer.Refusal));

    /// <summary>Returns the fault of a request's texts as a sentence, or null.</summary>
    public static string? FindFault(ReserveMessage message) =>
        message.Key is { Length: > MaxKeyLength } ? $"The key has {message.Key.Length} characters. Give at most {MaxKeyLength}."
        : message.IdempotencyKey is { Length: 0 or > IdempotencyKey.MaxLength }
            ? $"The idempotency key has {message.IdempotencyKey.Length} characters. Give 1 to {IdempotencyKey.MaxLength}."
        : null;

    public static SeatRequest ToRequest(ReserveMessage message) =>
        new(message.Seats, ToTtl(message.Ttl), message.Key, IdempotencyKey.Hash(message.IdempotencyKey));

    /// <summary>Converts seconds to whole milliseconds. A value that is not a duration becomes one that every desk refuses.</summary>
    public static TimeSpan ToTtl(double seconds) =>
        seconds is > 0 and < MaxSeconds ? TimeSpan.FromMilliseconds(Math.Round(seconds * 1000)) : TimeSpan.Zero;

    private static string SentenceOf(SeatDesk desk, SeatRefusal refusal) => refusal switch
    {
        SeatRefusal.SeatsOutOfRange => string.Create(
            CultureInfo.InvariantCulture, $"One client may have 1 to {desk.MaxSeatsPerClient} seats. Ask for another number."),
        SeatRefusal.TtlOutOfRange => string.Create(
            CultureInfo.InvariantCulture,
            $"A client may have {SeatDesk.MinTtl.TotalSeconds} s to {desk.MaxTtl.TotalSeconds} s to come. Give a ttl in this range."),
        _ => RefusalWords.SentenceOf(refusal),
    };
}
