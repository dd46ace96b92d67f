using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Berth.Checks;
using Berth.Seats.Books;
using Berth.Seats.Desks;
using Berth.Seats.Diagnostics;
using Berth.Seats.Keys;
using Berth.Seats.Tickets;
using Berth.Seats.Tls;
using Berth.Signals;
using Microsoft.Extensions.Logging;

namespace Berth.Seats;

/// <summary>
/// The desk of a pod: it keeps the pod's seats, makes reservations and redeems their tickets. Safe for any number of threads.
/// <see cref="SeatDeskServer"/> lets dispatchers reach it.
/// </summary>
public sealed class SeatDesk : IDisposable
{
    /// <summary>The shortest time to live.</summary>
    internal static readonly TimeSpan MinTtl = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly SeatBook _book;
    private readonly RecentKeys _recent = new();
    private readonly SeatDeskOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<UInt128> _newId;
    private readonly Latest<SeatDeskState> _states;
    private readonly ITimer _expiry;
    private readonly long _started;
    private TimeSpan? _armed;
    private bool _disposed;

    /// <summary>Creates an open desk.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The options have faults; the message names all of them.</exception>
    /// <exception cref="SeatKeyException">The key file cannot be read, or has faults.</exception>
    public SeatDesk(SeatDeskOptions options)
        : this(options, SeatIds.Create, null)
    {
    }

    internal SeatDesk(SeatDeskOptions options, Func<UInt128> newId, Action<BookChange>? observe)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        _options = options;
        _time = options.TimeProvider;
        _logger = options.Logger;
        _newId = newId;
        _started = _time.GetTimestamp();
        Keys = new SeatKeyFile(options.KeyFile, _time, _logger);
        Tls = options.CertificateFile is { } certificate
            ? new DeskTls(certificate, options.CertificateKeyFile!, _time, _logger)
            : null;
        Pod = $"{options.Pod.Namespace}/{options.Pod.Name}";
        Boot = SeatIds.Format(newId());
        BookLimits limits = new(options.MaxSeatsPerClient, MinTtl, options.MaxTtl, options.MaxRemembered);
        _book = new SeatBook(options.Capacity, limits, observe);
        _states = new Latest<SeatDeskState>(StateOf(_book.Counts, 0));
        _expiry = _time.CreateTimer(static desk => ((SeatDesk)desk!).PassTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The pod, as <c>namespace/name</c>.</summary>
    public string Pod { get; }

    /// <summary>The name of this life of the desk, which its tickets carry.</summary>
    public string Boot { get; }

    /// <summary>The state now. A memory read.</summary>
    public SeatDeskState State => _states.Value;

    internal SeatKeyFile Keys { get; }

    internal DeskTls? Tls { get; }

    internal string Token => Keys.Current.Shared[0].TokenFor(Pod);
    internal int MaxConnections => _options.MaxConnections;
    internal int MaxSeatsPerClient => _options.MaxSeatsPerClient;
    internal TimeSpan MaxTtl => _options.MaxTtl;
    internal ILogger Logger => _logger;
    internal TimeProvider Time => _time;

    /// <summary>Makes a session of a ticket. Each ticket is honoured once.</summary>
    /// <param name="ticket">The ticket as the client shows it.</param>
    /// <returns>The session; dispose it when the client leaves.</returns>
    /// <exception cref="SeatRefusedException">The ticket is not good here and now; the exception has the reason.</exception>
    public SeatSession Redeem(ReadOnlySpan<char> ticket) =>
        TryRedeem(ticket, out SeatSession? session, out SeatRefusal refusal) ? session : throw new SeatRefusedException(refusal);

    /// <summary>Makes a session of a ticket, or says why not.</summary>
    /// <param name="ticket">The ticket as the client shows it.</param>
    /// <param name="session">The session; dispose it when the client leaves.</param>
    /// <param name="refusal">The reason when there is no session.</param>
    public bool TryRedeem(ReadOnlySpan<char> ticket, [NotNullWhen(true)] out SeatSession? session, out SeatRefusal refusal)
    {
        BookAnswer answer = RedeemTicket(ticket);
        refusal = answer.Refusal;
        session = answer.IsGiven ? new SeatSession(this, answer.Reservation) : null;
        return session is not null;
    }

    /// <summary>Makes no new reservations from now on. Issued tickets stay valid, and sessions continue.</summary>
    public void Close()
    {
        Change(static (book, now) => book.Close(now));
        Log.Closed(_logger, Pod, State.Reserved, State.Taken);
    }

    /// <summary>Makes reservations again.</summary>
    public void Open()
    {
        Change(static (book, now) => book.Open(now));
        Log.Opened(_logger, Pod);
    }

    /// <summary>
    /// Changes the number of seats. No session is lost: while more seats are in use, each that is released leaves.
    /// </summary>
    /// <param name="capacity">The number of seats, 0 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside its range.</exception>
    public void SetCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, SeatDeskOptions.MaxCapacity);
        Change((book, now) => book.SetCapacity(capacity, now));
    }

    /// <summary>Closes the desk and waits until no seat is reserved or taken.</summary>
    /// <param name="limit">The longest wait, 0 to 1 day.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>True when no seat is in use; false when the time was up, or the token cancelled.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is outside its range.</exception>
    public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromDays(1));
        Close();
        Log.Draining(_logger, Pod, limit.TotalSeconds, State.Reserved + State.Taken);
        using CancellationTokenSource time = new(limit, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        while (State is { } state && state.Reserved + state.Taken > 0 && !both.IsCancellationRequested)
        {
            Task<bool> change = _states.WaitAsync(state);
            await ((Task)change).WaitAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Nothing follows once the desk has been disposed.
            if (change.IsCompletedSuccessfully && !await change.ConfigureAwait(false))
                break;
        }

        return State.Reserved + State.Taken == 0;
    }

    /// <summary>Ends the desk and the waits for its state. Sessions can still be disposed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _expiry.Dispose();
            _states.End();
        }

        Log.Stopped(_logger, Pod, State.Reserved + State.Taken);
    }

    /// <summary>Completes once the state is another than the one seen: true, or false once the desk is disposed.</summary>
    internal Task<bool> WaitForChangeAsync(SeatDeskState seen) => _states.WaitAsync(seen);

    /// <summary>Returns the hashes of idempotency keys after a position, and the next position.</summary>
    internal (ulong[] Keys, long Position) KeysSince(long position)
    {
        lock (_lock)
            return (_recent.Since(position), _recent.Count);
    }

    internal IssuedSeat Reserve(in SeatRequest request)
    {
        BookAnswer answer;
        TimeSpan now;
        UInt128 id = _newId();
        lock (_lock)
        {
            now = Now;
            answer = _book.Reserve(request, id, now);
            if (answer.IsGiven && answer.Reservation.Id == id && request.Idempotency != 0)
                _recent.Add(request.Idempotency);
            Publish();
        }

        return Issue(answer, now);
    }

    internal IssuedSeat Renew(UInt128 id, TimeSpan ttl)
    {
        BookAnswer answer;
        TimeSpan now;
        lock (_lock)
        {
            now = Now;
            answer = _book.Renew(id, ttl, now);
            Publish();
        }

        return Issue(answer, now);
    }

    internal BookAnswer Release(UInt128 id)
    {
        lock (_lock)
        {
            BookAnswer answer = _book.Release(id, Now);
            Publish();
            return answer;
        }
    }

    internal BookAnswer RedeemTicket(ReadOnlySpan<char> ticket)
    {
        SeatRefusal refusal = TicketReader.Read(ticket, Keys.Current, out TicketClaims claims);
        if (refusal == SeatRefusal.None && claims.Pod != Pod)
            refusal = SeatRefusal.OtherPod;
        if (refusal == SeatRefusal.None && (claims.Boot != Boot || claims.Uid != _options.PodUid))
            refusal = SeatRefusal.EarlierLife;
        if (refusal != SeatRefusal.None)
            return BookAnswer.Refused(refusal);
        lock (_lock)
        {
            BookAnswer answer = _book.Redeem(claims.Id, TimeSpan.FromMilliseconds(claims.Until), Now);
            Publish();
            return answer;
        }
    }

    // Whole milliseconds, as tickets state them, so that a ticket and its reservation end at the same moment.
    private TimeSpan Now => TimeSpan.FromMilliseconds(Math.Floor(_time.GetElapsedTime(_started).TotalMilliseconds));

    private IssuedSeat Issue(in BookAnswer answer, TimeSpan now)
    {
        if (!answer.IsGiven)
            return new IssuedSeat(answer, null, default, default);
        Reservation reservation = answer.Reservation;
        TimeSpan left = reservation.Phase == SeatPhase.Taken || reservation.Expires < now ? TimeSpan.Zero : reservation.Expires - now;
        DateTimeOffset issued = _time.GetUtcNow();
        DateTimeOffset expires = issued + left;
        TicketClaims claims = new(
            Pod, _options.PodUid, Boot, reservation.Id, reservation.Seats, reservation.Request.Key, issued.ToUnixTimeSeconds(),
            (expires.ToUnixTimeMilliseconds() + 999) / 1000, (long)reservation.Expires.TotalMilliseconds);
        return new IssuedSeat(answer, TicketWriter.Write(claims, Keys.Current.Signing), left, expires);
    }

    private void Change(Action<SeatBook, TimeSpan> change)
    {
        lock (_lock)
        {
            change(_book, Now);
            Publish();
        }
    }

    private void PassTime()
    {
        lock (_lock)
        {
            _armed = null;
            _book.Pass(Now);
            Publish();
        }
    }

    /// <summary>Publishes the counts when they have changed, and sets the timer of the next expiry. In the lock.</summary>
    private void Publish()
    {
        if (_disposed)
            return;
        SeatDeskState before = _states.Value;
        SeatDeskState after = StateOf(_book.Counts, before.Version);
        if (after != before)
            _states.Swap(after with { Version = before.Version + 1 });
        if (_book.NextExpiry is { } next && (_armed is null || next < _armed))
        {
            _armed = next;
            TimeSpan wait = next - Now;
            _expiry.Change(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private SeatDeskState StateOf(in SeatCounts counts, long version) =>
        new(Pod, Boot, version, counts.Capacity, counts.Reserved, counts.Taken, counts.IsClosed);

    /// <summary>Returns the pod, its counts and its process, for a log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Pod}: {State.Free} free, {State.Reserved} reserved, {State.Taken} taken of {State.Capacity}");
}
