using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.ServiceDiscovery.Feeds;

/// <summary>
/// One snapshot of a view with the change token that ends it. The two are one object, so a reader that has the token has the snapshot that
/// the token is for, and no change falls between them.
/// </summary>
[SuppressMessage(
    "Reliability", "CA1001", Justification = "Watchers keep the token longer; a source without a timer holds nothing to dispose.")]
internal sealed class Edition
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<object, ServiceEndpoint[]> _lists = new();

    /// <summary>Creates an edition.</summary>
    public Edition(EndpointSnapshot? snapshot)
    {
        Snapshot = snapshot;
        Token = new CancellationChangeToken(_ended.Token);
    }

    /// <summary>The snapshot, or null before the first one.</summary>
    public EndpointSnapshot? Snapshot { get; }

    /// <summary>Latched: once it has changed it stays changed. It fires when the next edition can be read.</summary>
    public IChangeToken Token { get; }

    /// <summary>Returns a provider's list for this snapshot. It is created once and shared.</summary>
    /// <param name="key">The provider's settings, compared by value.</param>
    /// <param name="make">Creates the list. An exception is not kept.</param>
    public ServiceEndpoint[] GetList<T>(T key, Func<EndpointSnapshot, T, ServiceEndpoint[]> make)
        where T : class =>
        _lists.TryGetValue(key, out ServiceEndpoint[]? list) ? list : _lists.GetOrAdd(key, make(Snapshot!, key));

    /// <summary>Notifies all owners of the token that there is another edition.</summary>
    /// <exception cref="AggregateException">Listeners threw. All of them were notified.</exception>
    public void End() => _ended.Cancel();
}
