using System.Globalization;
using Berth.Dispatcher.Seats;
using Berth.Seats.Books;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>The events of desks, dispatchers and the network.</summary>
internal sealed partial class SeatHistory
{
    private void ChangeNetwork()
    {
        int d = _random.Next(_dispatchers.Length);
        int ordinal = _random.Next(_desks.Length);
        bool cut = !_networks[d].IsCut(BasePort + ordinal);
        Note($"dispatcher {d} and desk {ordinal}: {(cut ? "cut" : "healed")}");
        if (cut)
        {
            _networks[d].Cut(BasePort + ordinal);
            _desks[ordinal]?.Cut(d);
        }
        else
        {
            _networks[d].Heal(BasePort + ordinal);
        }
    }

    /// <summary>A desk is killed, starts again, or its pod is replaced under its name and address.</summary>
    private async Task ChangeDeskAsync()
    {
        int ordinal = _random.Next(_desks.Length);
        bool dies = _desks[ordinal] is not null;
        if (dies)
            KillDesk(ordinal);
        bool starts = !dies || _random.Next(2) == 0;
        bool isReplaced = starts && _random.Next(2) == 0;
        Note($"desk {ordinal}: {(dies ? "killed " : "")}{(isReplaced ? "replaced " : "")}{(starts ? "started" : "")}");
        if (isReplaced)
        {
            _uids[ordinal] = string.Create(CultureInfo.InvariantCulture, $"uid-{ordinal}-{++_lives}");
            await PublishAsync();
        }

        if (starts)
            StartDesk(ordinal);
    }

    private async Task RestartDispatcherAsync()
    {
        int d = _random.Next(_dispatchers.Length);
        Note($"dispatcher {d}: killed and started");
        SeatTarget before = _dispatchers[d]!;
        // It is killed while it asks.
        Task<SeatOutcome> asked = before.ReserveAsync(new ReserveMessage(1, 2), TestContext.Current.CancellationToken);
        await before.DisposeAsync();
        await asked;
        StartDispatcher(d);
    }

    private void ChangeCapacity()
    {
        if (_desks[_random.Next(_desks.Length)] is not { } life)
            return;
        switch (_random.Next(5))
        {
            case 0:
                life.Desk.Close();
                break;
            case < 3:
                life.Desk.Open();
                break;
            default:
                life.Capacity = _random.Next(0, 7);
                life.Observer.Want(life.Capacity);
                life.Desk.SetCapacity(life.Capacity);
                break;
        }

        // A request that was under way when the desk closed: the desk decides.
        if (life.Desk.State.IsClosed && life.Desk.Reserve(new SeatRequest(1, TimeSpan.FromSeconds(1))).Answer.IsGiven)
            _violations.Add("S1: a closed desk reserved");
        Note($"{life.Desk}, closed: {life.Desk.State.IsClosed}");
    }

    private void ChangeClocksOrKeys()
    {
        if (_random.Next(2) == 0)
        {
            bool swapped = _random.Next(2) == 0;
            Note($"keys: {(swapped ? "two" : "one")} signs");
            _folder.Write("keys", Keys(swapped));
            return;
        }

        int at = _random.Next(_clocks.Length);
        _clocks[at].WallClockShift = TimeSpan.FromSeconds(_random.Next(-100_000, 100_000));
        Note($"the wall clock of desk {at} jumps to {_clocks[at].WallClockShift}");
    }
}
