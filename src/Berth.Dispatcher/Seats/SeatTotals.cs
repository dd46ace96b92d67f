namespace Berth.Dispatcher.Seats;

/// <summary>The seats of a target over all desks that can be reached.</summary>
internal readonly record struct SeatTotals(int Capacity, int Free, int Reserved, int Taken)
{
    public static SeatTotals Of(SeatTarget target)
    {
        SeatTotals totals = default;
        foreach (DeskLink link in target.Links)
        {
            if (link.State is not { } state)
                continue;
            int free = link.Endpoint.IsAvailable ? state.Free : 0;
            totals = new SeatTotals(
                totals.Capacity + state.Capacity, totals.Free + free, totals.Reserved + state.Reserved, totals.Taken + state.Taken);
        }

        return totals;
    }
}
