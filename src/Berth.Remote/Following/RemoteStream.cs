using Berth.Remote.Transport;
using Berth.Remote.Wire;

namespace Berth.Remote.Following;

/// <summary>
/// The snapshots of one target from the watch of a dispatcher. It keeps its state over connections, and resumes from it.
/// </summary>
internal sealed class RemoteStream(
    ServiceTarget target, RemoteEndpointSourceOptions options, DispatcherTurns turns, DispatcherPaths paths, RemoteState state)
    : IEndpointStream
{
    // A dispatcher that ends each watch at once must not be asked again without a pause.
    private static readonly TimeSpan s_shortLife = TimeSpan.FromSeconds(1);

    private readonly LiveSearch _search = new(turns, options);
    private WatchConnection? _connection;
    private bool _hasGiven;
    private string? _toldReason;

    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            WatchConnection connection = _connection ?? await OpenAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (_search.IsDue && await _search.FindAsync(cancellationToken).ConfigureAwait(false) is { } live)
                {
                    connection = live.Connection;
                    return await ChangeAsync(live).ConfigureAwait(false);
                }

                WatchMessage message = await connection.ReadAsync(cancellationToken).ConfigureAwait(false)
                    ?? throw new EndOfStreamException("it ended the stream");
                if (message is WatchMessage.Content content)
                    state.Apply(content);
                else if (message is WatchMessage.Source source && await TakeAsync(connection, source).ConfigureAwait(false) is { } snapshot)
                    return snapshot;
            }
            catch (IOException exception)
            {
                connection.Note(exception);
                // A stream that worked may end at any time. Another connection continues it, and only a failure of that one counts.
                bool hasWorked = _hasGiven && options.TimeProvider.GetElapsedTime(connection.OpenedAt) >= s_shortLife;
                await LeaveAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (!hasWorked)
                    throw new EndpointSourceException(
                        $"The watch of {connection.Dispatcher} broke: {exception.Message.TrimEnd('.')}. Another one is tried.", exception);
            }
            catch (WatchFormatException exception)
            {
                connection.Note(exception);
                state.Forget();
                await LeaveAsync().ConfigureAwait(false);
                throw new EndpointSourceException(
                    $"{connection.Dispatcher} sent something that cannot be used: {exception.Message}.", exception);
            }
            catch (OperationCanceledException)
            {
                await LeaveAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        paths.Remove(target);
        await CloseAsync().ConfigureAwait(false);
    }

    private async Task<WatchConnection> OpenAsync(CancellationToken cancellationToken)
    {
        WatchConnection opened = await turns.OpenAsync(state.Id, cancellationToken).ConfigureAwait(false);
        Begin(opened);
        return opened;
    }

    private void Begin(WatchConnection opened)
    {
        _connection = opened;
        _hasGiven = false;
        _toldReason = null;
        state.BeginConnection();
    }

    /// <summary>Changes to a live dispatcher, whose first state is complete.</summary>
    private async ValueTask<EndpointSnapshot> ChangeAsync(LiveDispatcher live)
    {
        await CloseAsync().ConfigureAwait(false);
        turns.Take(live.Connection.Dispatcher);
        Begin(live.Connection);
        state.Apply(live.Content);
        return await TakeAsync(live.Connection, live.Source).ConfigureAwait(false)
            ?? throw new WatchFormatException("its first state is not complete");
    }

    /// <summary>
    /// Completes a snapshot with the state that the dispatcher states of its source. Fails when it has none, or has it from this program.
    /// </summary>
    private async ValueTask<EndpointSnapshot?> TakeAsync(WatchConnection connection, WatchMessage.Source source)
    {
        if (options.RunId is { } own && source.Dispatchers.Contains(own))
        {
            state.Forget();
            await LeaveAsync().ConfigureAwait(false);
            throw Loop(connection.Dispatcher, source.Dispatchers.IndexOf(own));
        }

        paths.Set(target, source.Dispatchers);
        if (source.State is null && source.Reason is { } reason && reason != _toldReason)
        {
            _toldReason = reason;
            // There is no list yet, and this stream will bring it. Another dispatcher may already have one.
            if (turns.Count > 1)
                await LeaveAsync().ConfigureAwait(false);
            throw new EndpointSourceException($"{connection.Dispatcher} has no endpoints of {target} yet. {reason}");
        }

        EndpointSnapshot? snapshot = state.Complete(source);
        _hasGiven |= snapshot is not null;
        if (snapshot is not null)
            _search.Note(snapshot.IsStale);
        return snapshot;
    }

    private EndpointSourceException Loop(Uri dispatcher, int between) => new(
        $"{dispatcher} gets the endpoints of {target} from this dispatcher itself" +
        between switch { 0 => "", 1 => ", directly", 2 => ", through 1 other", _ => $", through {between - 1} others" } +
        ": a loop, in which nothing new can arrive. Let one of them follow a dispatcher outside of the loop, or the Kubernetes API.");

    /// <summary>Closes the connection. The next dispatcher is asked first.</summary>
    private ValueTask LeaveAsync()
    {
        turns.Advance();
        return CloseAsync();
    }

    private async ValueTask CloseAsync()
    {
        WatchConnection? closed = _connection;
        _connection = null;
        if (closed is not null)
            await closed.DisposeAsync().ConfigureAwait(false);
    }
}
