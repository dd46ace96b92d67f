namespace Berth.Seats;

/// <summary>The reason why a desk refused something. Programs compare it; <see cref="SeatRefusedException"/> has the sentence.</summary>
public enum SeatRefusal
{
    /// <summary>Nothing was refused.</summary>
    None,

    /// <summary>Not enough seats are free.</summary>
    Full,

    /// <summary>The desk makes no new reservations.</summary>
    Closed,

    /// <summary>The number of seats is below 1 or above what the desk may give to one client.</summary>
    SeatsOutOfRange,

    /// <summary>The time to live is outside its range.</summary>
    TtlOutOfRange,

    /// <summary>The idempotency key was used for a different request.</summary>
    KeyReused,

    /// <summary>No reservation has this id: it never existed here, or it ended long ago.</summary>
    Unknown,

    /// <summary>The reservation or the ticket has expired.</summary>
    Expired,

    /// <summary>The ticket was redeemed before: a copy or a replay.</summary>
    Replayed,

    /// <summary>The reservation or session was released.</summary>
    Released,

    /// <summary>The text is not a ticket.</summary>
    Malformed,

    /// <summary>The ticket states an algorithm that its key does not have, such as <c>none</c>.</summary>
    OtherAlgorithm,

    /// <summary>No key with the ticket's key id is known.</summary>
    UnknownKey,

    /// <summary>The signature is not that of the key.</summary>
    BadSignature,

    /// <summary>The ticket belongs to another pod.</summary>
    OtherPod,

    /// <summary>The ticket belongs to an earlier process of this pod.</summary>
    EarlierLife,
}
