using Berth.Seats.Refusals;

namespace Berth.Seats;

/// <summary>A desk refused something. <see cref="Refusal"/> is the reason; the message is a sentence with the remedy.</summary>
public sealed class SeatRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="refusal">The reason.</param>
    public SeatRefusedException(SeatRefusal refusal)
        : base(RefusalWords.SentenceOf(refusal)) => Refusal = refusal;

    /// <summary>The reason.</summary>
    public SeatRefusal Refusal { get; }
}
