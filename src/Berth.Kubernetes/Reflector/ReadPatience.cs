namespace Berth.Kubernetes.Reflector;

/// <summary>Ends a read that brings nothing for too long.</summary>
internal sealed class ReadPatience(TimeSpan longest, TimeProvider time)
{
    /// <summary>Reads once.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> into, CancellationToken cancellationToken)
    {
        // What is already here needs no timer.
        using CancellationTokenSource limit = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        ValueTask<int> first = body.ReadAsync(into, limit.Token);
        if (first.IsCompleted)
            return await first.ConfigureAwait(false);
        limit.CancelAfter(longest);
        try
        {
            return await first.ConfigureAwait(false);
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {longest.TotalSeconds:0} s", silence);
        }
    }
}
