namespace Berth.Seats;

/// <summary>The state of a desk at one moment. Immutable.</summary>
/// <param name="Pod">The pod, as <c>namespace/name</c>.</param>
/// <param name="Boot">The process: another one after each start of the desk.</param>
/// <param name="Version">The number of changes of this process so far.</param>
/// <param name="Capacity">The number of seats. While a lowered capacity waits for sessions to end, the seats in use.</param>
/// <param name="Reserved">The seats that are reserved for clients on their way.</param>
/// <param name="Taken">The seats of sessions.</param>
/// <param name="IsClosed">True when the desk makes no new reservations.</param>
public sealed record SeatDeskState(string Pod, string Boot, long Version, int Capacity, int Reserved, int Taken, bool IsClosed)
{
    /// <summary>The seats that can be reserved: 0 while the desk is closed.</summary>
    public int Free => IsClosed ? 0 : Capacity - Reserved - Taken;
}
