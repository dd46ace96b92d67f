using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Berth.TestKit;

/// <summary>A source that returns what a test pushes into it: snapshots, confirmations and failures, in order.</summary>
public sealed class PushableSource : IEndpointSource
{
    private readonly ConcurrentDictionary<(ServiceTarget Target, PortScheme Ports), PushableStream> _streams = new();

    /// <summary>The targets that have been opened.</summary>
    public IEnumerable<ServiceTarget> Opened => _streams.Where(static s => s.Value.IsOpen).Select(static s => s.Key.Target);

    /// <inheritdoc/>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        PushableStream stream = StreamOf(target, ports);
        stream.IsOpen = true;
        return stream;
    }

    /// <summary>Gives a snapshot to all followers of its target and scheme.</summary>
    public void Push(EndpointSnapshot snapshot) => StreamOf(snapshot.Target, snapshot.Ports).Push(snapshot);

    /// <summary>Gives a whole set of pods under the plain scheme, and waits until the directory has published it.</summary>
    public async Task<EndpointSnapshot> PublishAsync(
        EndpointView view, IEnumerable<PodEndpoint> pods, IEnumerable<LeftOutPod>? leftOut = null,
        CancellationToken cancellationToken = default)
    {
        long before = view.Current?.Version ?? 0;
        Push(EndpointSnapshot.Create(view.Target, view.Ports, pods, leftOut));
        return await WaitForAsync(view, s => s.Version > before && !s.IsStale, cancellationToken);
    }

    /// <summary>Repeats the last push, which then counts as a confirmation.</summary>
    public void Confirm(ServiceTarget target, PortScheme ports) => StreamOf(target, ports).Confirm();

    /// <summary>Lets the next read fail.</summary>
    public void Fail(ServiceTarget target, PortScheme ports, string message) =>
        Fail(target, ports, new EndpointSourceException(message));

    /// <summary>Lets the next read throw.</summary>
    public void Fail(ServiceTarget target, PortScheme ports, Exception exception) => StreamOf(target, ports).Push(exception);

    /// <summary>Waits, <see cref="Wait.Limit"/> at most, until a view shows a snapshot that meets a condition.</summary>
    public static async Task<EndpointSnapshot> WaitForAsync(
        EndpointView view, Func<EndpointSnapshot, bool> condition, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Wait.Limit);
        await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(limit.Token))
        {
            if (condition(snapshot))
                return snapshot;
        }

        throw new ObjectDisposedException(nameof(EndpointDirectory), "The directory was disposed while a test waited for a snapshot.");
    }

    private PushableStream StreamOf(ServiceTarget target, PortScheme ports) =>
        _streams.GetOrAdd((target, ports), static _ => new PushableStream());

    private sealed class PushableStream : IEndpointStream
    {
        private readonly Channel<object> _pushed = Channel.CreateUnbounded<object>();
        private volatile EndpointSnapshot? _last;

        public bool IsOpen { get; set; }

        public void Push(object item)
        {
            if (item is EndpointSnapshot snapshot)
                _last = snapshot;
            _pushed.Writer.TryWrite(item);
        }

        public void Confirm() =>
            _pushed.Writer.TryWrite(_last ?? throw new InvalidOperationException("Nothing has been pushed that could be confirmed."));

        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            object item = await _pushed.Reader.ReadAsync(cancellationToken);
            return item as EndpointSnapshot ?? throw (Exception)item;
        }

        public ValueTask DisposeAsync()
        {
            IsOpen = false;
            return ValueTask.CompletedTask;
        }
    }
}
