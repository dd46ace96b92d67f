using System.Runtime.CompilerServices;

namespace Berth.Kubernetes.Reflector;

/// <summary>Ends a read that brings no data for too long. For one reader, and one read at a time.</summary>
internal sealed class ReadPatience(TimeSpan longest, TimeProvider time) : IDisposable
{
    private CancellationTokenSource _limit = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Reads once.</summary>
    /// <exception cref="TimeoutException">No data arrived in time.</exception>
    public ValueTask<int> ReadAsync(Stream body, Memory<byte> into, CancellationToken cancellationToken) =>
        ReadAsync(body, into, longest, cancellationToken);

    /// <summary>Reads once, with a limit for this read.</summary>
    /// <exception cref="TimeoutException">No data arrived in time.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> into, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!_limit.TryReset())
        {
            _limit.Dispose();
            _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        }

        using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(), _limit);
        ValueTask<int> first = body.ReadAsync(into, _limit.Token);
        // Data that is already here needs no timer.
        if (first.IsCompleted)
            return await first.ConfigureAwait(false);
        _limit.CancelAfter(limit);
        try
        {
            return await first.ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {limit.TotalSeconds:0} s", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _limit.Dispose();
}
