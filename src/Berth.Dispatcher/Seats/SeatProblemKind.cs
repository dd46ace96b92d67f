namespace Berth.Dispatcher.Seats;

/// <summary>The reasons why no desk gave seats.</summary>
internal enum SeatProblemKind
{
    /// <summary>Every desk that can be reached is full or closed.</summary>
    Full,

    /// <summary>No pod gives so many seats to one client, even when all are free.</summary>
    TooManySeats,

    /// <summary>No desk can be reached.</summary>
    NoDesk,

    /// <summary>The desks that were asked did not answer in time.</summary>
    DeskSilent,

    /// <summary>Too many clients wait already.</summary>
    LineFull,

    /// <summary>A client in line comes first. No client gets this as its answer: it then stands in line.</summary>
    OthersWait,
}
