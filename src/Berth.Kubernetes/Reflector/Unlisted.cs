using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Reflector;

/// <summary>Nothing is known, or what is known cannot be watched on from: everything is to be listed.</summary>
/// <param name="notOlderThan">
/// The last version seen, so that a server that lags cannot take us back; null for the latest there is, which alone may go back (etcd
/// restored). The very first list has no version either: it costs the API server more than one from its cache, and never begins with
/// addresses of the past.
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
