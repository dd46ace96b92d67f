namespace Berth;

/// <summary>
/// The snapshots of one target in order, for one reader at a time. The stream keeps its state after a failure, and the next read continues
/// from there. The reader decides when to read again.
/// </summary>
public interface IEndpointStream : IAsyncDisposable
{
    /// <summary>Waits for the next complete snapshot.</summary>
    /// <returns>
    /// A snapshot. The same instance as before means that the source confirms it: it counts as fresh, and nothing is published.
    /// </returns>
    /// <exception cref="EndpointSourceException">The source failed. A failure is never an empty snapshot.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken);
}
