using Berth.Seats.Books;
using Berth.Seats.Tickets;

namespace Berth.Seats;

/// <summary>Seats that a client has taken. Dispose it when the client leaves: the first disposal releases the seats.</summary>
public sealed class SeatSession : IDisposable
{
    private readonly Reservation _reservation;
    private SeatDesk? _desk;

    internal SeatSession(SeatDesk desk, Reservation reservation)
    {
        _desk = desk;
        _reservation = reservation;
    }

    /// <summary>The id of the session, which is that of its reservation: 32 hexadecimal digits.</summary>
    public string Id => SeatIds.Format(_reservation.Id);

    /// <summary>The number of seats.</summary>
    public int Seats => _reservation.Seats;

    /// <summary>The client's key of the reservation, or null.</summary>
    public string? Key => _reservation.Request.Key;

    /// <summary>Gives the seats back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _desk, null)?.Release(_reservation.Id);
}
