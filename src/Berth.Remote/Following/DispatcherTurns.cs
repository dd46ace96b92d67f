using Berth.Remote.Diagnostics;
using Berth.Remote.Transport;
using Berth.Remote.Wire;
using Microsoft.Extensions.Logging;

namespace Berth.Remote.Following;

/// <summary>The dispatchers of one stream, asked in turn.</summary>
internal sealed class DispatcherTurns(ServiceTarget target, Uri[] dispatchers, DispatcherClient client, WatchReader reader, ILogger logger)
{
    private Uri? _followed;
    private int _next;

    /// <summary>The number of dispatchers.</summary>
    public int Count => dispatchers.Length;

    /// <summary>Moves to the next dispatcher: it is asked first from now on.</summary>
    public void Advance() => _next = (_next + 1) % dispatchers.Length;

    /// <summary>Opens a watch of the first dispatcher that accepts one. Each is asked once.</summary>
    /// <param name="state">The state to resume from, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EndpointSourceException">No dispatcher accepts one.</exception>
    public async Task<WatchConnection> OpenAsync(string? state, CancellationToken cancellationToken)
    {
        List<EndpointSourceException> failures = [];
        while (failures.Count < dispatchers.Length)
        {
            Uri dispatcher = dispatchers[_next];
            try
            {
                WatchConnection connection = await client.OpenAsync(dispatcher, target, state, reader, cancellationToken)
                    .ConfigureAwait(false);
                Tell(dispatcher);
                return connection;
            }
            catch (EndpointSourceException exception)
            {
                failures.Add(exception);
                Advance();
            }
        }

        throw failures.Count == 1 ? failures[0] : Join(failures);
    }

    /// <summary>Opens a watch of a dispatcher after the current one, from the whole state.</summary>
    /// <param name="step">How many turns later: 1 for the next one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EndpointSourceException">It accepts none.</exception>
    public Task<WatchConnection> OpenOtherAsync(int step, CancellationToken cancellationToken) =>
        client.OpenAsync(dispatchers[(_next + step) % dispatchers.Length], target, null, reader, cancellationToken);

    /// <summary>Makes a dispatcher whose watch is open the current one.</summary>
    public void Take(Uri dispatcher)
    {
        _next = Array.IndexOf(dispatchers, dispatcher);
        Tell(dispatcher);
    }

    private void Tell(Uri dispatcher)
    {
        if (_followed is null)
            Log.Following(logger, target, dispatcher);
        else if (_followed != dispatcher)
            Log.FollowingInstead(logger, target, dispatcher, _followed);
        _followed = dispatcher;
    }

    private static EndpointSourceException Join(List<EndpointSourceException> failures) =>
        new(
            $"None of {failures.Count} dispatchers accepts a watch. {string.Join(' ', failures.Select(static f => f.Message))}",
            failures[0])
        {
            // The one that can be asked again first.
            RetryAfter = failures.TrueForAll(static f => f.RetryAfter is not null) ? failures.Min(static f => f.RetryAfter) : null,
        };
}
