namespace Berth.TestKit.Invariants;

/// <summary>Passes a source's streams through, and tells what came out of each read before the directory sees it.</summary>
internal sealed class TappedSource(IEndpointSource source, InvariantObserver observer) : IEndpointSource, IAsyncDisposable
{
    public IEndpointStream Open(ServiceTarget target, PortScheme ports) => new Stream(source.Open(target, ports), observer);

    public ValueTask DisposeAsync() => source is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;

    private sealed class Stream(IEndpointStream inner, InvariantObserver observer) : IEndpointStream
    {
        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            // Whoever reads on is done with what the read before gave.
            observer.Settled();
            try
            {
                EndpointSnapshot snapshot = await inner.ReadAsync(cancellationToken);
                observer.Read(snapshot);
                return snapshot;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                observer.Failed(failure);
                throw;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
