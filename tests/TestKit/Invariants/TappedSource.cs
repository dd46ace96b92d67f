namespace Berth.TestKit.Invariants;

/// <summary>Forwards a source's streams, and reports the result of each read before the directory sees it.</summary>
internal sealed class TappedSource(IEndpointSource source, InvariantObserver observer) : IEndpointSource, IAsyncDisposable
{
    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        IEndpointStream stream = source.Open(target, ports);
        return target == observer.Target ? new Stream(stream, observer) : stream;
    }

    public ValueTask DisposeAsync() => source is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;

    private sealed class Stream(IEndpointStream inner, InvariantObserver observer) : IEndpointStream
    {
        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            // A reader that reads again has finished with the previous snapshot.
            observer.Settled();
            try
            {
                EndpointSnapshot snapshot = await inner.ReadAsync(cancellationToken);
                observer.Read(snapshot);
                return snapshot;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                observer.Failed(exception);
                throw;
            }
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
