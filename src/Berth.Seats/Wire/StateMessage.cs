namespace Berth.Seats.Wire;

/// <summary>The state of a desk.</summary>
/// <param name="Pod">The pod, as <c>namespace/name</c>.</param>
/// <param name="Boot">The process.</param>
/// <param name="Version">The number of changes.</param>
/// <param name="Capacity">The seats.</param>
/// <param name="Reserved">The reserved seats.</param>
/// <param name="Taken">The taken seats.</param>
/// <param name="Free">The seats that can be reserved.</param>
/// <param name="Closed">True when no reservation is made.</param>
/// <param name="MaxSeats">The most seats of one client.</param>
/// <param name="Keys">In a stream: the hashes of new idempotency keys, 8 bytes each.</param>
internal sealed record StateMessage(
    string Pod, string Boot, long Version, int Capacity, int Reserved, int Taken, int Free, bool Closed, int MaxSeats,
    byte[]? Keys = null)
{
    public static StateMessage Of(SeatDesk desk, SeatDeskState state, byte[]? keys = null) => new(
        state.Pod, state.Boot, state.Version, state.Capacity, state.Reserved, state.Taken, state.Free, state.IsClosed,
        desk.MaxSeatsPerClient, keys);

    public SeatDeskState ToState() => new(Pod, Boot, Version, Capacity, Reserved, Taken, Closed);
}
