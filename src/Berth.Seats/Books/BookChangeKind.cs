namespace Berth.Seats.Books;

/// <summary>The kinds of transitions of a book.</summary>
internal enum BookChangeKind
{
    Reserved,
    Renewed,
    Taken,
    Released,
    Expired,
    Opened,
    Closed,
    CapacityChanged,
}
