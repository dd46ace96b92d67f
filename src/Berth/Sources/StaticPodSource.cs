namespace Berth.Sources;

/// <summary>Pods that settings or options list. They never change.</summary>
internal sealed class StaticPodSource(IReadOnlyDictionary<ServiceTarget, KeyValuePair<string, string>[]> pods) : IEndpointSource
{
    /// <inheritdoc/>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        if (!pods.TryGetValue(target, out KeyValuePair<string, string>[]? listed))
        {
            throw new ArgumentException(
                $"The source Static has no pods of {target}. List them (Pods of a view; berth --pod), or choose another " +
                "source.",
                nameof(target));
        }

        List<PodEndpoint> endpoints = [];
        foreach ((string name, string text) in listed)
        {
            if (!PodText.TryParse(target, ports, name, text, out PodEndpoint? pod, out string? fault))
                throw new ArgumentException($"The pod {name} of {target} cannot be used: {fault}. Correct the settings.", nameof(ports));
            endpoints.Add(pod);
        }

        return new Stream(EndpointSnapshot.Create(target, ports, endpoints));
    }

    private sealed class Stream(EndpointSnapshot snapshot) : IEndpointStream
    {
        private bool _isRead;

        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            if (_isRead)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            _isRead = true;
            return snapshot;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
