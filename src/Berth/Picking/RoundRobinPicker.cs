using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>One available endpoint after the other, by ordinal.</summary>
/// <remarks>One counter for all snapshots: a change of the set shifts the turn, it never skips or repeats more than that.</remarks>
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

    /// <summary>The picker as <see cref="EndpointPickers"/> names it: <c>round-robin</c>.</summary>
    public override string ToString() => "round-robin";
}
