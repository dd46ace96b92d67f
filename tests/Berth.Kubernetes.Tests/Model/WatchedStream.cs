namespace Berth.Kubernetes.Model;

/// <summary>Stands between source and directory. The watcher sees each read, and the history can delay reads.</summary>
/// <param name="source">The source of the product.</param>
/// <param name="watcher">Sees each snapshot and each failure.</param>
/// <param name="turn">The lock of the thread that may change things: that of the history, or one of the client.</param>
internal sealed class WatchedStream(KubernetesEndpointSource source, Watcher watcher, Lock turn) : IEndpointSource, IEndpointStream
{
    private IEndpointStream _inner = null!;
    private volatile TaskCompletionSource? _busy;
    private volatile Task? _waiting;

    /// <summary>While true, nothing is read, as with a busy consumer.</summary>
    public bool IsBusy
    {
        get => _busy is not null;
        set
        {
            TaskCompletionSource? before = _busy;
            if (value == before is not null)
                return;
            if (!value)
                watcher.WasBusyUntilNow();
            _busy = value ? new TaskCompletionSource() : null;
            before?.TrySetResult();
        }
    }

    /// <summary>True while a read waits for an event, or the history delays it.</summary>
    public bool IsWaiting => _waiting is { IsCompleted: false };

    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        _inner = source.Open(target, ports);
        return this;
    }

    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_busy is { } busy)
            {
                _waiting = busy.Task;
                await busy.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            Task<EndpointSnapshot> read = _inner.ReadAsync(cancellationToken).AsTask();
            _waiting = read;
            EndpointSnapshot snapshot = await read.ConfigureAwait(false);
            _waiting = null;
            lock (turn)
                watcher.Read(snapshot);
            return snapshot;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _waiting = null;
            lock (turn)
                watcher.Fail(exception);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
