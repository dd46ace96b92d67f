using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>The outcome of a request over all desks: the answer of one, or the reason for none.</summary>
/// <param name="Link">The desk that answered, or null.</param>
/// <param name="Answer">Its answer, or null.</param>
/// <param name="Problem">The reason for none, or null.</param>
internal readonly record struct SeatOutcome(DeskLink? Link, SeatMessage? Answer, SeatProblemKind? Problem)
{
    /// <summary>True when waiting may help.</summary>
    public bool IsFull => Problem is SeatProblemKind.Full or SeatProblemKind.NoDesk or SeatProblemKind.DeskSilent;
}
