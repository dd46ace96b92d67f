using Berth.LocalCluster.Access;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;
using Microsoft.AspNetCore.Http;

namespace Berth.LocalCluster.Api;

/// <summary>
/// Answers watches: from a version, with initial events on request, bookmarks, the server's timeout, and 410 as an ERROR event.
/// </summary>
#pragma warning disable CA1001 // The source is replaced at each use; without a timer it holds nothing to dispose.
internal sealed class WatchHandler(
    ObjectStore store, TableWriter tables, NameGenerator random, TimeProvider time, TimeSpan bookmarkInterval)
{
    private CancellationTokenSource _drop = new();

    /// <summary>Ends every running watch, like an API server that restarts.</summary>
    public void DropAll() => Interlocked.Exchange(ref _drop, new CancellationTokenSource()).Cancel();

    public async Task WatchAsync(
        RequestTarget target, Func<string, string?> query, AnswerForm form, HttpContext http, CancellationToken stopping)
    {
        ListOptions.Check(query, watch: true);
        string? asked = query("sendInitialEvents") is { Length: > 0 } given ? given : null;
        bool initial = ListOptions.IsSet(asked);
        long version = ListHandler.ParseVersion(query("resourceVersion"), static fault => new ApiException(500, null, fault));
        if (version == 0 && asked is not null && !initial)
            version = store.Version;
        WatchStream stream = new(
            http.Response,
            target,
            LabelSelector.Parse(query("labelSelector")),
            FieldSelector.Parse(query("fieldSelector"), target.Kind),
            tables,
            form);

        using CancellationTokenSource timeout = new(Duration(query("timeoutSeconds")), time);
        // Kestrel resets a stream when a write is cancelled. So a watch whose time is over ends after the write, as on a real API server.
        using CancellationTokenSource cut = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _drop.Token, cut.Token);
        bool bookmarks = ListOptions.IsSet(query("allowWatchBookmarks"));
        try
        {
            // A watch whose time is over before it starts is answered, and ends like any other.
            await stream.BeginAsync(http.RequestAborted).ConfigureAwait(false);
            if (initial || version == 0)
            {
                IReadOnlyList<StoredObject> items = store.List(target.Kind, target.Namespace, out version);
                await stream.InitialAsync(items, cut.Token).ConfigureAwait(false);
                if (bookmarks)
                    await stream.BookmarkAsync(version, last: true, cut.Token).ConfigureAwait(false);
            }

            await FollowAsync(stream, version, bookmarks, ending.Token, cut.Token).ConfigureAwait(false);
        }
        catch (ApiException exception)
        {
            await stream.ErrorAsync(exception, http.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Without a version, the first state has not been sent yet, so no bookmark would be correct.
            if (bookmarks && stream.Version > 0 && timeout.IsCancellationRequested && !stopping.IsCancellationRequested)
                await stream.BookmarkAsync(stream.Version, last: false, http.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has disconnected.
        }
    }

    private async Task FollowAsync(WatchStream stream, long version, bool bookmarks, CancellationToken ending, CancellationToken cut)
    {
        stream.Version = version;
        DateTimeOffset nextBookmark = time.GetUtcNow().After(bookmarkInterval);
        while (true)
        {
            IReadOnlyList<Change> changes = store.ReadAfter(version, out version);
            // These events are written before the first wait, so the last bookmark must not be older than they are.
            stream.Version = version;
            await stream.ChangesAsync(changes, cut).ConfigureAwait(false);
            ending.ThrowIfCancellationRequested();
            TimeSpan wait = nextBookmark - time.GetUtcNow();
            Task changed = store.WaitAsync(version, ending);
            if (bookmarks && wait > TimeSpan.Zero)
                await time.UntilAsync(changed, wait, CancellationToken.None).ConfigureAwait(false);
            if (!bookmarks || changed.IsCompleted)
            {
                await changed.ConfigureAwait(false);
                continue;
            }

            await stream.BookmarkAsync(version, last: false, cut).ConfigureAwait(false);
            nextBookmark = time.GetUtcNow().After(bookmarkInterval);
        }
    }

    /// <summary>
    /// Returns the time after which the server ends a watch. Without a requested timeout it is 30 to 60 minutes, so that clients spread
    /// over servers again.
    /// </summary>
    private TimeSpan Duration(string? seconds) =>
        double.TryParse(seconds, CultureInfo.InvariantCulture, out double asked) && asked > 0
            ? TimeSpan.FromSeconds(Math.Min(asked, 86_400))
            : TimeSpan.FromMinutes(30 + (30 * random.NextDouble()));
}
