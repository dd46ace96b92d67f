using System.Diagnostics.CodeAnalysis;
using Berth.Pods;

namespace Berth;

/// <summary>
/// Picks an available endpoint that has free seats. Without a key the probability of an endpoint is in proportion to its free seats, so
/// that clients with the same numbers do not all go to one pod. With a key it picks the key's pod among those with free seats, as in <see
/// cref="StickyPicker"/>.
/// </summary>
/// <remarks>
/// An endpoint without a known number is picked only when no endpoint is known to have a free seat. A full endpoint is never picked. The
/// picker reserves nothing: the pod may be full when the client arrives. The work grows with the number of available endpoints.
/// </remarks>
public sealed class FreeSeatPicker : IEndpointPicker
{
    private readonly Func<PodEndpoint, int?> _findFree;
    private readonly Random _random;

    /// <summary>Creates a picker.</summary>
    /// <param name="findFree">
    /// Returns the number of free seats of an endpoint, or null when nothing is known of it. It is called for each available endpoint at
    /// each pick, from any thread.
    /// </param>
    /// <param name="random">
    /// The source of randomness. It must be safe for several threads if several threads pick, as Random.Shared is.
    /// </param>
    public FreeSeatPicker(Func<PodEndpoint, int?> findFree, Random random)
    {
        ArgumentNullException.ThrowIfNull(findFree);
        ArgumentNullException.ThrowIfNull(random);
        _findFree = findFree;
        _random = random;
    }

    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        endpoint = key.IsEmpty ? FindByChance(snapshot) : FindByKey(snapshot, KeyHash.Of(key));
        return endpoint is not null;
    }

    /// <summary>Returns the name of the picker: <c>seats</c>.</summary>
    public override string ToString() => "seats";

    private PodEndpoint? FindByChance(EndpointSnapshot snapshot)
    {
        PodEndpoint? found = null;
        PodEndpoint? unknown = null;
        long seats = 0;
        int unknowns = 0;
        // One pass: each endpoint replaces the choice with a probability of its seats divided by all seats so far.
        foreach (PodEndpoint candidate in snapshot.Available)
        {
            if (_findFree(candidate) is not { } free)
                unknown = _random.Next(++unknowns) == 0 ? candidate : unknown;
            else if (free > 0)
                found = _random.NextInt64(seats += free) < free ? candidate : found;
        }

        return found ?? unknown;
    }

    private PodEndpoint? FindByKey(EndpointSnapshot snapshot, ulong keyHash)
    {
        PodEndpoint? found = null;
        PodEndpoint? unknown = null;
        foreach (PodEndpoint candidate in snapshot.Available)
        {
            if (_findFree(candidate) is not { } free)
                unknown = BetterOf(unknown, candidate, keyHash);
            else if (free > 0)
                found = BetterOf(found, candidate, keyHash);
        }

        return found ?? unknown;
    }

    private static PodEndpoint BetterOf(PodEndpoint? best, PodEndpoint candidate, ulong keyHash)
    {
        if (best is null)
            return candidate;
        ulong score = KeyHash.Mix(keyHash ^ candidate.NameHash);
        ulong bestScore = KeyHash.Mix(keyHash ^ best.NameHash);
        return score > bestScore || (score == bestScore && PodNames.Compare(candidate, best) < 0) ? candidate : best;
    }
}
