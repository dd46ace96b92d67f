using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>Picks one available endpoint after the other, by ordinal.</summary>
/// <remarks>One counter serves all snapshots. A change of the set shifts the order, and has no other effect.</remarks>
public sealed class RoundRobinPicker : IEndpointPicker
{
    private uint _next = uint.MaxValue;

    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        EndpointList available = snapshot.Available;
        endpoint = available.Count == 0 ? null : available[(int)(Interlocked.Increment(ref _next) % (uint)available.Count)];
        return endpoint is not null;
    }

    /// <summary>Returns the name of the picker in <see cref="EndpointPickers"/>: <c>round-robin</c>.</summary>
    public override string ToString() => "round-robin";
}
