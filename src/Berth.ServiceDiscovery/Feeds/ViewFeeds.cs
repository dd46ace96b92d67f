using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Berth.ServiceDiscovery.Feeds;

/// <summary>One feed for each view, for as long as the view is in use.</summary>
internal sealed class ViewFeeds(TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly ConditionalWeakTable<EndpointView, ViewFeed> _feeds = [];
    private readonly Lock _adding = new();
    private bool _isDisposed;

    /// <summary>Returns the feed of a view.</summary>
    public ViewFeed Of(EndpointView view)
    {
        if (_feeds.TryGetValue(view, out ViewFeed? feed))
            return feed;
        // Not GetOrAdd, which may create a second feed without disposing it.
        lock (_adding)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_feeds.TryGetValue(view, out feed))
                _feeds.Add(view, feed = new ViewFeed(view, time, logger));
            return feed;
        }
    }

    /// <summary>Stops following. The views and their directory are not touched.</summary>
    public async ValueTask DisposeAsync()
    {
        ViewFeed[] feeds;
        lock (_adding)
        {
            feeds = _isDisposed ? [] : [.. _feeds.Select(static feed => feed.Value)];
            _isDisposed = true;
        }

        await Task.WhenAll(feeds.Select(static feed => feed.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
