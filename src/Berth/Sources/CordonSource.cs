using Berth.Signals;

namespace Berth.Sources;

/// <summary>
/// A source behind which pods can be cordoned while it runs: they stay in the snapshots, in a state of their own, and nothing picks them.
/// While nothing is cordoned, snapshots pass as they are.
/// </summary>
/// <param name="source">The source. It is disposed with this one.</param>
/// <param name="time">The clock.</param>
internal sealed class CordonSource(IEndpointSource source, TimeProvider time) : IEndpointSource, IAsyncDisposable
{
    private readonly Latest<CordonList> _lists = new(CordonList.Empty);

    /// <summary>Replaces the list. For one writer.</summary>
    public void Set(CordonList list) => _lists.Swap(list);

    /// <inheritdoc/>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports) => new CordonStream(source.Open(target, ports), _lists, time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (source is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        else
            (source as IDisposable)?.Dispose();
    }
}
