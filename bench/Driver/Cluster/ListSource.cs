namespace Berth.Bench.Cluster;

/// <summary>A source with one list of pods that never changes, with the ports of the given scheme.</summary>
internal sealed class ListSource(Func<IEnumerable<PodEndpoint>> pods) : IEndpointSource
{
    public IEndpointStream Open(ServiceTarget target, PortScheme ports) =>
        new OneList(EndpointSnapshot.Create(target, ports, pods()));

    private sealed class OneList(EndpointSnapshot snapshot) : IEndpointStream
    {
        private bool _given;

        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            if (_given)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            _given = true;
            return snapshot;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
