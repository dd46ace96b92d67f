using System.Diagnostics.CodeAnalysis;
using Berth.Pods;

namespace Berth;

/// <summary>
/// Picks the same endpoint for the same key, on every dispatcher, while that pod is available (rendezvous hashing). A pod that leaves moves
/// only its own keys, and gets them back when it returns. The work grows with the number of available endpoints.
/// </summary>
/// <remarks>
/// The hash is <see cref="KeyHash"/> of the key and of the pod's name, so a pod that is replaced under its name keeps its keys, and another
/// language can compute the same choice. The highest score wins; equal scores go to the name that sorts first.
/// </remarks>
public sealed class StickyPicker : IEndpointPicker
{
    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ulong keyHash = KeyHash.Of(key);
        PodEndpoint? best = null;
        ulong bestScore = 0;
        foreach (PodEndpoint candidate in snapshot.Available)
        {
            ulong score = KeyHash.Mix(keyHash ^ candidate.NameHash);
            if (best is null || score > bestScore || (score == bestScore && PodNames.Compare(candidate, best) < 0))
            {
                best = candidate;
                bestScore = score;
            }
        }

        endpoint = best;
        return best is not null;
    }

    /// <summary>Returns the name of the picker in <see cref="EndpointPickers"/>: <c>sticky</c>.</summary>
    public override string ToString() => "sticky";
}
