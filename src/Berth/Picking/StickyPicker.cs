using Berth.Pods;

namespace Berth;

/// <summary>
/// The same endpoint for the same key, on every dispatcher, as long as that pod is available (rendezvous hashing): a pod that leaves moves only its own
/// keys, and gets them back when it returns. The work grows with the number of available endpoints.
/// </summary>
/// <remarks>
/// The hash is <see cref="KeyHash"/> of the key and of the pod's name, so a pod that is replaced under its name keeps its keys, and another language can
/// compute the same choice. The highest score wins; equal scores go to the name that sorts first.
/// </remarks>
public sealed class StickyPicker : IEndpointPicker
{
    /// <inheritdoc/>
    public PodEndpoint? Pick(EndpointSnapshot snapshot, ReadOnlySpan<char> key = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ulong keyHash = KeyHash.Of(key);
        PodEndpoint? best = null;
        ulong bestScore = 0;
        foreach (PodEndpoint endpoint in snapshot.Available)
        {
            ulong score = KeyHash.Mix(keyHash ^ endpoint.NameHash);
            if (best is null || score > bestScore || (score == bestScore && PodNames.Compare(endpoint, best) < 0))
            {
                best = endpoint;
                bestScore = score;
            }
        }

        return best;
    }
}
