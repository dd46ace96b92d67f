using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Berth.ServiceDiscovery.Feeds;

/// <summary>One feed for each view, for as long as the view is in use.</summary>
internal sealed class ViewFeeds(TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly ConditionalWeakTable<EndpointView, ViewFeed> _feeds = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _adding = new();

    /// <summary>Returns the feed of a view.</summary>
    public ViewFeed Of(EndpointView view)
    {
        if (_feeds.TryGetValue(view, out ViewFeed? feed))
            return feed;
        // Not GetOrAdd, which may create a second feed without disposing it.
        lock (_adding)
        {
            if (!_feeds.TryGetValue(view, out feed))
                _feeds.Add(view, feed = new ViewFeed(view, time, logger, _stopping.Token));
            return feed;
        }
    }

    /// <summary>Stops following. The views and their directory are not touched.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task[] following;
        lock (_adding)
            following = [.. _feeds.Select(static feed => feed.Value.Following)];
        await Task.WhenAll(following).ConfigureAwait(false);
        _stopping.Dispose();
    }
}
