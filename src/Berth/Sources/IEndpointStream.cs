namespace Berth;

/// <summary>
/// The snapshots of one target, one after the other. One reader at a time. The stream keeps what it knows across failures, so that reading
/// on after one goes on where it stood; the reader decides when.
/// </summary>
public interface IEndpointStream : IAsyncDisposable
{
    /// <summary>Waits for the next whole snapshot.</summary>
    /// <returns>
    /// A snapshot; the same instance as before when the source only confirms it, so that it counts as fresh and nothing is published.
    /// </returns>
    /// <exception cref="EndpointSourceException">The source is in trouble. A failure is never an empty snapshot.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken);
}
