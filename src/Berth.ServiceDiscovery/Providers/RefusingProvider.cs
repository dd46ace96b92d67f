using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.ServiceDiscovery.Providers;

/// <summary>Answers for a name that is Berth's and cannot be resolved: each call gets the sentence that says why.</summary>
internal sealed class RefusingProvider(string fault) : IServiceEndpointProvider
{
    /// <inheritdoc/>
    public ValueTask PopulateAsync(IServiceEndpointBuilder endpoints, CancellationToken cancellationToken) =>
        throw new NoEndpointException(fault);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
