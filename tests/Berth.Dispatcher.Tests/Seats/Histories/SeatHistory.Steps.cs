using System.Globalization;
using Berth.Dispatcher.Seats;
using Berth.Seats;
using Berth.Seats.Books;
using Berth.Seats.Desks;
using Berth.Seats.Tickets;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>The steps of a history.</summary>
internal sealed partial class SeatHistory
{
    private const int RenewedSeconds = 3;

    private async Task StepAsync()
    {
        switch (_random.Next(20))
        {
            case < 6:
                await ReserveAsync();
                break;
            case < 7:
                await BurstAsync();
                break;
            case < 11:
                Redeem();
                break;
            case < 13:
                End();
                break;
            case 13:
                await RenewAsync();
                break;
            case 14:
                Advance(TimeSpan.FromMilliseconds(_random.Next(1, 4000)));
                if (_random.Next(2) == 0)
                    RedeemAtTheLimit();
                break;
            case 15:
                ChangeNetwork();
                break;
            case 16:
                await ChangeDeskAsync();
                break;
            case 17:
                await RestartDispatcherAsync();
                break;
            case 18:
                ChangeCapacity();
                break;
            default:
                ChangeClocksOrKeys();
                break;
        }
    }

    private async Task ReserveAsync()
    {
        int d = _random.Next(_dispatchers.Length);
        string? key = _random.Next(2) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"key-{_random.Next(4)}");
        // The values follow from the key, except for one request in ten.
        int shape = key is null || _random.Next(10) == 0 ? _random.Next(4) : key[^1] - '0';
        ReserveMessage request = new(1 + (shape % 2), 2 + shape, shape == 3 ? "room" : null, key);
        NetworkFault fault = (NetworkFault)Math.Max(0, _random.Next(8) - 4);
        _networks[d].SetNext(fault);
        UInt128 hash = IdempotencyKey.Hash(key);
        (SimulatedDesk Life, Reservation Found)[] before = key is null ? [] : [.. AliveOf(hash)];
        bool allReachable = before.All(held => IsReachable(d, Array.IndexOf(_desks, held.Life)));
        if (!allReachable)
            Allow(hash);
        SeatOutcome outcome = await _dispatchers[d]!.ReserveAsync(request, TestContext.Current.CancellationToken);
        _networks[d].SetNext(NetworkFault.None);
        foreach (UInt128 lost in _networks[d].Lost)
            Allow(lost);
        _networks[d].Lost.Clear();
        Note($"dispatcher {d}: reserve {request.Seats} for {request.Ttl} s, key {key ?? "-"}, {fault}: {Describe(outcome)}");
        Take(outcome, request);
        if (key is not null)
            CheckKey(hash, request, before, allReachable && fault != NetworkFault.LostRequest, outcome);
    }

    /// <summary>Several clients at once, through all dispatchers: they race for the last seats.</summary>
    private async Task BurstAsync()
    {
        ReserveMessage[] requests = [.. Enumerable.Range(0, 8).Select(i => new ReserveMessage(1 + (i % 2), 1 + _random.Next(5)))];
        int first = _random.Next(_dispatchers.Length);
        SeatOutcome[] outcomes = await Task.WhenAll(requests.Select((request, i) => Task.Run(
            () => _dispatchers[(first + i) % _dispatchers.Length]!.ReserveAsync(request, TestContext.Current.CancellationToken))));
        Note($"burst: {outcomes.Count(static o => o.Answer is { Refused: null })} of {requests.Length} got seats");
        for (int i = 0; i < requests.Length; i++)
            Take(outcomes[i], requests[i]);
    }

    private void Redeem()
    {
        if (_tickets.Count == 0)
            return;
        HeldTicket ticket = _tickets[_random.Next(_tickets.Count)];
        // One in eight is shown to some pod.
        Redeem(ticket, _random.Next(8) == 0 ? _random.Next(_desks.Length) : ticket.Ordinal);
    }

    private void Redeem(HeldTicket ticket, int ordinal)
    {
        if (_desks[ordinal] is not { } life)
            return;
        TimeSpan now = NowOf(ordinal);
        bool expected = life == ticket.Life && now < ticket.Until
            && life.Observer.Find(ticket.Id) is { Phase: SeatPhase.Reserved };
        bool redeemed = life.Desk.TryRedeem(ticket.Text, out SeatSession? session, out SeatRefusal refusal);
        Note($"redeem {SeatIds.Format(ticket.Id)} at {ordinal}: {(redeemed ? "session" : refusal)}");
        if (redeemed != expected)
            _violations.Add($"S2: a ticket was {(redeemed ? "redeemed" : $"refused ({refusal})")}, against what is known of it: {ticket}");
        if (session is not null)
            _sessions.Add((life, session));
        if (ordinal != ticket.Ordinal && refusal != SeatRefusal.OtherPod)
            _violations.Add($"S2: the ticket of another pod was refused as {refusal}");
        if (ordinal == ticket.Ordinal && life != ticket.Life && refusal != SeatRefusal.EarlierLife)
            _violations.Add($"S2: the ticket of an earlier life was refused as {refusal}");
    }

    private void End()
    {
        if (_sessions.Count == 0 || _random.Next(4) == 0)
        {
            if (_tickets.Count == 0)
                return;
            HeldTicket ticket = _tickets[_random.Next(_tickets.Count)];
            Note($"release {SeatIds.Format(ticket.Id)}: {ticket.Life.Desk.Release(ticket.Id).Refusal}");
            return;
        }

        int at = _random.Next(_sessions.Count);
        Note($"session {_sessions[at].Session.Id} ends");
        _sessions[at].Session.Dispose();
        _sessions.RemoveAt(at);
    }

    private async Task RenewAsync()
    {
        if (_tickets.Count == 0)
            return;
        int d = _random.Next(_dispatchers.Length);
        HeldTicket ticket = _tickets[_random.Next(_tickets.Count)];
        if (!IsReachable(d, ticket.Ordinal) || _desks[ticket.Ordinal] != ticket.Life)
            return;
        DeskLink link = _dispatchers[d]!.Links[ticket.Ordinal];
        SeatMessage renewed = await link.Client.RenewAsync(
            SeatIds.Format(ticket.Id), RenewedSeconds, TestContext.Current.CancellationToken);
        Note($"renew {SeatIds.Format(ticket.Id)}: {renewed.Refused ?? "given"}");
        Take(new SeatOutcome(link, renewed, null), null);
    }

    private void Advance(TimeSpan time)
    {
        Note($"{time.TotalMilliseconds} ms pass");
        foreach (Berth.TestKit.TestClock clock in _clocks)
            clock.Advance(time);
    }

    /// <summary>A ticket is shown in the last millisecond of its time, or in the first one after it.</summary>
    private void RedeemAtTheLimit()
    {
        HeldTicket[] tickets = [.. _tickets.Where(ticket => ticket.Until > NowOf(ticket.Ordinal))];
        if (tickets.Length == 0)
            return;
        HeldTicket shown = tickets[_random.Next(tickets.Length)];
        TimeSpan left = shown.Until - NowOf(shown.Ordinal) - TimeSpan.FromMilliseconds(_random.Next(2));
        if (left > TimeSpan.Zero)
            Advance(left);
        Redeem(shown, shown.Ordinal);
    }

    /// <summary>Keeps the ticket of an answer.</summary>
    private void Take(SeatOutcome outcome, ReserveMessage? request)
    {
        if (outcome is not { Link: { } link, Answer: { Refused: null } seat })
            return;
        int ordinal = link.Endpoint.Ordinal!.Value;
        SimulatedDesk life = _desks[ordinal]!;
        Assert.True(SeatIds.TryParse(seat.Reservation, out UInt128 id));
        // A key may give a reservation that was renewed.
        if (request is not null && seat.Ttl > Math.Max(request.Ttl, RenewedSeconds))
            _violations.Add($"S3: a reservation of {request.Ttl} s has {seat.Ttl} s");
        if (seat.Phase == "reserved")
            _tickets.Add(new HeldTicket(seat.Ticket!, ordinal, life, id, NowOf(ordinal) + ToMilliseconds(seat.Ttl!.Value)));
    }

    private void CheckKey(
        UInt128 hash, ReserveMessage request, (SimulatedDesk Life, Reservation Found)[] before, bool isCertain, SeatOutcome outcome)
    {
        int alive = AliveOf(hash).Count();
        if (alive > 1 + _allowed.GetValueOrDefault(hash))
            _violations.Add($"S3: the key has {alive} reservations, and {_allowed.GetValueOrDefault(hash)} answers were lost");
        // A key that has a reservation which this dispatcher can reach gives that one again.
        if (!isCertain || before.Length == 0)
            return;
        bool isSame = before.Any(held => held.Found.Request == SeatMessages.ToRequest(request));
        bool isGiven = outcome.Answer is { Refused: null } seat
            && before.Any(held =>
                SeatIds.Format(held.Found.Id) == seat.Reservation && held.Found.Request == SeatMessages.ToRequest(request));
        bool isRefused = outcome.Answer?.Refused == "key-reused";
        if (!isGiven && !isRefused)
            _violations.Add($"S3: the key did not give its reservation: {Describe(outcome)}");
        if (before.Length == 1 && isSame != isGiven)
            _violations.Add($"S3: the key was used with {(isSame ? "the same" : "other")} values: {Describe(outcome)}");
    }

    private IEnumerable<(SimulatedDesk Life, Reservation Found)> AliveOf(UInt128 hash) =>
        _desks.OfType<SimulatedDesk>().SelectMany(life => life.Observer.AliveOf(hash).Select(found => (life, found)));

    private void Allow(UInt128 hash) => _allowed[hash] = _allowed.GetValueOrDefault(hash) + 1;

    // The desk's monotonic clock starts with its life; a history knows the time of its own.
    private TimeSpan NowOf(int ordinal) => _clocks[ordinal].GetElapsedTime(_began[ordinal]);

    // A desk counts in milliseconds, and an answer states them in seconds. TimeSpan.FromSeconds(3.159) is a tick short of them.
    private static TimeSpan ToMilliseconds(double seconds) => TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));

    private void Note(string step) => _steps.Add(step);

    private static string Describe(SeatOutcome outcome) => outcome.Answer is { } answer
        ? $"{outcome.Link!.Endpoint.Name} {answer.Refused ?? answer.Reservation}"
        : outcome.Problem.ToString()!;
}
