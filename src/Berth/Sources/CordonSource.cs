using Berth.Signals;

namespace Berth.Sources;

/// <summary>
/// A source that cordons pods of another source while it runs. Cordoned pods stay in the snapshots, in their own state, and no picker picks
/// them. While no pod is cordoned, it passes the snapshots on unchanged.
/// </summary>
/// <param name="source">The other source. This source disposes it.</param>
/// <param name="time">The clock.</param>
internal sealed class CordonSource(IEndpointSource source, TimeProvider time) : IEndpointSource, IAsyncDisposable
{
    private readonly Latest<CordonList> _lists = new(CordonList.Empty);

    /// <summary>Replaces the list. For one writer.</summary>
    public void Set(CordonList list) => _lists.Swap(list);

    /// <inheritdoc/>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports) =>
        new CordonStream(target, source.Open(target, ports), _lists, time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (source is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            (source as IDisposable)?.Dispose();
    }
}
