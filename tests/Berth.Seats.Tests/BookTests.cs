using Berth.Seats.Books;

namespace Berth.Seats.Tests;

/// <summary>The book alone: each transition, and each refusal.</summary>
public sealed class BookTests
{
    private static readonly BookLimits s_limits = new(10, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), 8);

    private readonly List<BookChange> _changes = [];
    private UInt128 _lastId;

    [Fact]
    public void Reserve_takes_seats_and_tells_the_transition()
    {
        SeatBook book = Create(4);
        BookAnswer answer = Reserve(book, seats: 3, at: 5);
        Assert.True(answer.IsGiven);
        Assert.Equal(new SeatCounts(4, 3, 0, false), book.Counts);
        Assert.Equal(1, book.Counts.Free);
        BookChange change = Assert.Single(_changes);
        Assert.Equal((BookChangeKind.Reserved, At(5), book.Counts), (change.Kind, change.At, change.Counts));
        Assert.Equal(At(35), change.Reservation.Expires);
    }

    [Fact]
    public void Reserve_above_the_free_seats_is_refused_and_takes_nothing()
    {
        SeatBook book = Create(4);
        Reserve(book, seats: 3);
        Assert.Equal(SeatRefusal.Full, Reserve(book, seats: 2).Refusal);
        Assert.Equal(3, book.Counts.Used);
        Assert.True(Reserve(book, seats: 1).IsGiven);
        Assert.Equal(SeatRefusal.Full, Reserve(book).Refusal);
    }

    [Theory]
    [InlineData(0, 30, SeatRefusal.SeatsOutOfRange)]
    [InlineData(-1, 30, SeatRefusal.SeatsOutOfRange)]
    [InlineData(11, 30, SeatRefusal.SeatsOutOfRange)]
    [InlineData(1, 0, SeatRefusal.TtlOutOfRange)]
    [InlineData(1, 0.999, SeatRefusal.TtlOutOfRange)]
    [InlineData(1, 600.001, SeatRefusal.TtlOutOfRange)]
    public void Reserve_with_a_value_out_of_range_is_refused(int seats, double ttl, SeatRefusal refusal)
    {
        SeatBook book = Create(100);
        Assert.Equal(refusal, Reserve(book, seats, ttl: ttl).Refusal);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Reservation_expires_at_its_time_and_not_a_millisecond_earlier()
    {
        SeatBook book = Create(1);
        UInt128 id = Reserve(book, ttl: 30).Reservation.Id;
        book.Pass(At(29.999));
        Assert.Equal(1, book.Counts.Reserved);
        book.Pass(At(30));
        Assert.Equal(new SeatCounts(1, 0, 0, false), book.Counts);
        Assert.Equal(SeatRefusal.Expired, book.Redeem(id, At(60), At(30)).Refusal);
        Assert.Equal(SeatRefusal.Expired, book.Renew(id, At(30), At(30)).Refusal);
        Assert.Equal(SeatRefusal.Expired, book.Release(id, At(30)).Refusal);
        Assert.Equal([BookChangeKind.Reserved, BookChangeKind.Expired], _changes.Select(static c => c.Kind));
    }

    [Fact]
    public void Redeem_makes_a_session_once()
    {
        SeatBook book = Create(2);
        UInt128 id = Reserve(book).Reservation.Id;
        Assert.True(book.Redeem(id, At(30), At(29.999)).IsGiven);
        Assert.Equal(new SeatCounts(2, 0, 1, false), book.Counts);
        Assert.Equal(SeatRefusal.Replayed, book.Redeem(id, At(30), At(29.999)).Refusal);
        // A session does not expire.
        book.Pass(At(10_000));
        Assert.Equal(1, book.Counts.Taken);
        Assert.True(book.Release(id, At(10_000)).IsGiven);
        Assert.Equal(SeatRefusal.Released, book.Redeem(id, At(20_000), At(10_000)).Refusal);
        Assert.Equal(0, book.Counts.Used);
    }

    [Fact]
    public void Ticket_that_is_older_than_a_renewal_expires_at_its_own_time()
    {
        SeatBook book = Create(1);
        UInt128 id = Reserve(book, ttl: 30).Reservation.Id;
        Assert.Equal(At(50), book.Renew(id, TimeSpan.FromSeconds(30), At(20)).Reservation.Expires);
        Assert.Equal(SeatRefusal.Expired, book.Redeem(id, At(30), At(30)).Refusal);
        Assert.True(book.Redeem(id, At(50), At(49.999)).IsGiven);
    }

    [Fact]
    public void Renewal_never_takes_time_away_and_leaves_a_session_as_it_is()
    {
        SeatBook book = Create(1);
        UInt128 id = Reserve(book, ttl: 300).Reservation.Id;
        Assert.Equal(At(300), book.Renew(id, TimeSpan.FromSeconds(1), At(1)).Reservation.Expires);
        Assert.Equal(SeatRefusal.TtlOutOfRange, book.Renew(id, TimeSpan.FromHours(1), At(1)).Refusal);
        book.Redeem(id, At(300), At(2));
        Assert.Equal(SeatPhase.Taken, book.Renew(id, TimeSpan.FromSeconds(30), At(3)).Reservation.Phase);
        Assert.DoesNotContain(_changes, static c => c.Kind == BookChangeKind.Renewed);
    }

    [Fact]
    public void Release_gives_seats_back_once()
    {
        SeatBook book = Create(2);
        UInt128 id = Reserve(book, seats: 2).Reservation.Id;
        Assert.True(book.Release(id, At(1)).IsGiven);
        Assert.Equal(SeatRefusal.Released, book.Release(id, At(1)).Refusal);
        Assert.Equal(2, book.Counts.Free);
        Assert.Equal(SeatRefusal.Unknown, book.Release(999, At(1)).Refusal);
    }

    [Fact]
    public void Same_idempotency_key_gives_the_same_reservation_in_every_phase()
    {
        SeatBook book = Create(1);
        Reservation first = Reserve(book, idempotency: 7).Reservation;
        Assert.Equal(first, Reserve(book, idempotency: 7, at: 1).Reservation);
        book.Redeem(first.Id, At(30), At(2));
        Assert.Equal((first.Id, SeatPhase.Taken), (Reserve(book, idempotency: 7, at: 3).Reservation.Id, SeatPhase.Taken));
        book.Release(first.Id, At(4));
        Assert.Equal(SeatRefusal.Released, Reserve(book, idempotency: 7, at: 5).Refusal);
        Assert.Equal(0, book.Counts.Used);
    }

    [Fact]
    public void Idempotency_key_of_another_request_is_refused()
    {
        SeatBook book = Create(9);
        Reserve(book, idempotency: 7);
        Assert.Equal(SeatRefusal.KeyReused, Reserve(book, seats: 2, idempotency: 7).Refusal);
        Assert.Equal(SeatRefusal.KeyReused, Reserve(book, ttl: 31, idempotency: 7).Refusal);
        Assert.Equal(1, book.Counts.Used);
    }

    [Fact]
    public void Closed_book_keeps_what_it_has_and_makes_nothing_new()
    {
        SeatBook book = Create(3);
        Reservation known = Reserve(book, idempotency: 7).Reservation;
        book.Close(At(1));
        book.Close(At(1));
        Assert.Equal(SeatRefusal.Closed, Reserve(book, at: 2).Refusal);
        Assert.Equal(known, Reserve(book, idempotency: 7, at: 2).Reservation);
        Assert.True(book.Renew(known.Id, TimeSpan.FromSeconds(60), At(2)).IsGiven);
        Assert.True(book.Redeem(known.Id, At(60), At(2)).IsGiven);
        book.Open(At(3));
        Assert.True(Reserve(book, at: 3).IsGiven);
        Assert.Equal(1, _changes.Count(static c => c.Kind == BookChangeKind.Closed));
    }

    [Fact]
    public void Lowered_capacity_falls_with_each_released_seat()
    {
        SeatBook book = Create(4);
        UInt128[] ids = [.. Enumerable.Range(0, 4).Select(_ => Reserve(book).Reservation.Id)];
        book.SetCapacity(2, At(1));
        Assert.Equal((4, 0), (book.Counts.Capacity, book.Counts.Free));
        book.Release(ids[0], At(2));
        Assert.Equal((3, 0), (book.Counts.Capacity, book.Counts.Free));
        Assert.Equal(SeatRefusal.Full, Reserve(book, at: 2).Refusal);
        book.Release(ids[1], At(2));
        book.Release(ids[2], At(2));
        Assert.Equal((2, 1), (book.Counts.Capacity, book.Counts.Free));
        Assert.True(Reserve(book, at: 2).IsGiven);
        book.SetCapacity(5, At(3));
        Assert.Equal(3, book.Counts.Free);
    }

    [Fact]
    public void Time_that_goes_back_changes_nothing()
    {
        SeatBook book = Create(1);
        Reserve(book, ttl: 30, at: 100);
        book.Pass(At(0));
        Assert.Equal(1, book.Counts.Reserved);
        book.Pass(At(130));
        Assert.Equal(0, book.Counts.Reserved);
    }

    [Fact]
    public void Memory_of_ended_reservations_is_bounded()
    {
        SeatBook book = Create(2);
        for (int i = 1; i <= 100_000; i++)
            Assert.True(book.Release(Reserve(book, idempotency: (UInt128)i).Reservation.Id, At(0)).IsGiven);
        Assert.True(book.Remembered <= 8 + 2, $"{book.Remembered} are remembered.");
        Assert.True(book.QueuedExpiries <= 1024 + 4, $"{book.QueuedExpiries} expiries are queued.");
        // The latest are known, and the first is not.
        Assert.Equal(SeatRefusal.Released, Reserve(book, idempotency: 100_000).Refusal);
        Assert.True(Reserve(book, idempotency: 1).IsGiven);
    }

    [Fact]
    public void Ended_reservations_are_forgotten_when_no_ticket_can_exist()
    {
        SeatBook book = Create(2);
        UInt128 id = Reserve(book).Reservation.Id;
        book.Release(id, At(1));
        book.Pass(At(629));
        Assert.Equal(SeatRefusal.Released, book.Redeem(id, At(30), At(629)).Refusal);
        book.Pass(At(630));
        Assert.Equal(SeatRefusal.Unknown, book.Redeem(id, At(30), At(630)).Refusal);
        Assert.Equal(0, book.Remembered);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private SeatBook Create(int capacity) => new(capacity, s_limits, _changes.Add);

    private BookAnswer Reserve(SeatBook book, int seats = 1, double ttl = 30, UInt128 idempotency = default, double at = 0) =>
        book.Reserve(SeatFixture.Request(seats, ttl, null, idempotency), ++_lastId, At(at));
}
