namespace Berth;

/// <summary>One available endpoint after the other, by ordinal.</summary>
/// <remarks>One counter for all snapshots: a change of the set shifts the turn, it never skips or repeats more than that.</remarks>
public sealed class RoundRobinPicker : IEndpointPicker
{
    private uint _next = uint.MaxValue;

    /// <inheritdoc/>
    public PodEndpoint? Pick(EndpointSnapshot snapshot, ReadOnlySpan<char> key = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        EndpointList available = snapshot.Available;
        return available.Count == 0 ? null : available[(int)(Interlocked.Increment(ref _next) % (uint)available.Count)];
    }
}
