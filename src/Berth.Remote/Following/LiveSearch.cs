using Berth.Backoff;
using Berth.Remote.Transport;
using Berth.Remote.Wire;

namespace Berth.Remote.Following;

/// <summary>
/// Looks for a live dispatcher while the followed one is stale: at once, and then after pauses that double. The followed one is left only
/// when another has given a live state, so that clients do not change back and forth while all are stale.
/// </summary>
internal sealed class LiveSearch(DispatcherTurns turns, RemoteEndpointSourceOptions options)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_maxPause = TimeSpan.FromMinutes(5);

    private int _searches;
    private TimeSpan _pause;
    private long _searchedAt;
    private bool _isStale;

    /// <summary>True when it is time to ask the others.</summary>
    public bool IsDue => _isStale && turns.Count > 1 && options.TimeProvider.GetElapsedTime(_searchedAt) >= _pause;

    /// <summary>Takes the state that the followed dispatcher reports.</summary>
    public void Note(bool isStale)
    {
        if (isStale && !_isStale)
            (_searches, _pause) = (0, TimeSpan.Zero);
        _isStale = isStale;
    }

    /// <summary>Asks each of the others once. An answer without a live state is no failure: the followed dispatcher stays.</summary>
    /// <returns>The first that is live, or null. The caller disposes the connection.</returns>
    public async Task<LiveDispatcher?> FindAsync(CancellationToken cancellationToken)
    {
        LiveDispatcher? found = null;
        for (int step = 1; step < turns.Count && found is null; step++)
        {
            try
            {
                found = await TryAsync(step, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is EndpointSourceException or IOException or WatchFormatException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // It gives no state now.
            }
        }

        _searches++;
        _pause = RetryDelay.Doubled(s_firstPause, s_maxPause, _searches);
        _searchedAt = options.TimeProvider.GetTimestamp();
        return found;
    }

    private async Task<LiveDispatcher?> TryAsync(int step, CancellationToken cancellationToken)
    {
        // Meanwhile nothing is read from the followed dispatcher.
        using CancellationTokenSource limit = new(options.AnswerTimeout, options.TimeProvider);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        WatchConnection? connection = await turns.OpenOtherAsync(step, both.Token).ConfigureAwait(false);
        try
        {
            WatchMessage.Content? content = null;
            while (await connection.ReadAsync(both.Token).ConfigureAwait(false) is { } message)
            {
                if (message is WatchMessage.Content { StaleSince: null, IsWhole: true } whole)
                    content = whole;
                else if (message is WatchMessage.Content)
                    return null;
                else if (message is WatchMessage.Source source)
                    return IsUsable(source) && content is not null ? Found(ref connection, content, source) : null;
            }

            return null;
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool IsUsable(WatchMessage.Source source) =>
        source.State is not null && (options.RunId is not { } own || !source.Dispatchers.Contains(own));

    private static LiveDispatcher Found(ref WatchConnection? connection, WatchMessage.Content content, WatchMessage.Source source)
    {
        LiveDispatcher found = new(connection!, content, source);
        connection = null;
        return found;
    }
}
