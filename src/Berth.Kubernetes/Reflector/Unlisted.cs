using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>The state in which everything must be listed: nothing is known, or no watch is possible from the known version.</summary>
/// <param name="notOlderThan">
/// The last version seen, so that a server that lags cannot take us back; null for the latest state, which alone may go back (etcd
/// restored). The very first list has no version either: that costs the API server more than a list from its cache, but never starts with
/// outdated addresses.
/// </param>
internal sealed class Unlisted<T>(string? notOlderThan) : ReflectorState<T>
    where T : class, IResource
{
    /// <summary>The last version seen, or null.</summary>
    public string? NotOlderThan => notOlderThan;

    /// <inheritdoc/>
    public override ValueTask<Step<T>> StepAsync(ReflectorContext<T> context, CancellationToken cancellationToken) =>
        context.Traits.StreamingLists
            ? StreamingList<T>.OpenAsync(context, notOlderThan, cancellationToken)
        : new PagedList<T>(notOlderThan).StepAsync(context, cancellationToken);
}
