using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Sharing;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The snapshots of one target: pulls its slices, applies all that has arrived, and gives the whole. What a consumer does with a snapshot
/// never holds up the wire for longer than until the next call, and what came in between is then one snapshot.
/// </summary>
internal sealed class SliceStream : IEndpointStream
{
    // A server that sends without a pause must not keep a snapshot from being published.
    private const int LongestBurst = 256;

    private readonly TargetSlices _slices;
    private readonly ServiceTarget _target;
    private readonly SnapshotBuilder _builder;
    private readonly SliceTable _table;
    private readonly NodeFeed? _nodeFeed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private NodeSubscription? _nodes;

    // What the table has been told, which the feed may be ahead of.
    private NodeTable _nodeTable = NodeTable.Unread;
    private EndpointSourceException? _told;
    private Task<ReflectorEvent<SliceObject>>? _next;
    private Exception? _failure;
    private EndpointSnapshot? _last;
    private bool _listed;
    private bool _confirmed;
    private bool _failed;
    private bool _disposed;

    public SliceStream(
        ServiceTarget target, PortScheme ports, AddressMode mode, IPFamily preferred, TargetSlices slices, NodeFeed? nodes, TimeProvider time)
    {
        _target = target;
        _slices = slices;
        _nodeFeed = nodes;
        _time = time;
        _builder = new SnapshotBuilder(target, ports);
        _table = new SliceTable(new PodResolver(target, ports, mode, preferred), _builder, time);
    }

    private bool LacksNodes => _nodeFeed is not null && _nodeTable is { IsRead: false, Forbidden: null };

    /// <inheritdoc/>
    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed, this);
            TakeNodes();
            _table.EndHolds();
            if (TryPublish() is { } snapshot)
                return snapshot;
            ThrowFailure();
            _next ??= _slices.NextAsync(_closing.Token).AsTask();
            await WaitAsync(_next, cancellationToken).ConfigureAwait(false);
            TakeEvents();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_next is not null)
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_nodes is not null)
            _nodeFeed!.Unsubscribe(_nodes);
        await _slices.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private void TakeNodes()
    {
        if (_nodeFeed is null)
            return;
        _nodes ??= _nodeFeed.Subscribe();
        if (!_nodes.TryTake(out IReadOnlyCollection<string>? changed))
            return;
        _nodeTable = _nodeFeed.Table;
        _table.UpdateNodes(_nodeTable, changed);
    }

    /// <summary>The next snapshot, if there is one to give: something changed, or what is known was confirmed.</summary>
    private EndpointSnapshot? TryPublish()
    {
        if (!_listed || (LacksNodes && _last is null))
            return null;
        // Whoever reads takes a snapshot for the end of the trouble, and a change of nodes says nothing of the slices: it waits for them.
        if (_failed)
            return null;
        if (_builder.HasChanges)
            _last = _builder.Build();
        else if (!_confirmed)
            return null;
        _confirmed = false;
        return _last;
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            _failure = null;
            _failed = true;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        // Without nodes there is no first snapshot to give, and the reason must be seen.
        if (!_listed || _last is not null || !LacksNodes || _nodeTable.Trouble is not { } trouble || ReferenceEquals(trouble, _told))
            return;
        _told = trouble;
        throw new EndpointSourceException($"The external addresses of {_target} are not known yet. {trouble.Message}", trouble);
    }

    private async ValueTask WaitAsync(Task next, CancellationToken cancellationToken)
    {
        if (next.IsCompleted)
            return;
        TimeSpan? hold = _table.HoldRemaining;
        if (hold is null && _nodes is null)
        {
            await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = Task.Delay(hold ?? Timeout.InfiniteTimeSpan, _time, over.Token);
        await Task.WhenAny(next, timer, _nodes?.Changed ?? timer).ConfigureAwait(false);
        // Only our own timer waits for this: not worth a turn of the thread pool, which the next event would wait for.
        over.Cancel();
    }

    private void TakeEvents()
    {
        for (int count = 0; _next is { IsCompleted: true } done && count < LongestBurst; count++)
        {
            _next = null;
            if (!TryTake(done))
                return;
            while (count < LongestBurst && _slices.TryNext(out ReflectorEvent<SliceObject>? more))
            {
                Apply(more!);
                count++;
            }

            // What is still in the connection's own buffers comes at once.
            _next = _slices.NextAsync(_closing.Token).AsTask();
        }
    }

    private bool TryTake(Task<ReflectorEvent<SliceObject>> done)
    {
        if (done.IsCompletedSuccessfully)
        {
            Apply(done.Result);
            return true;
        }

        _failure = done.Exception?.InnerException ?? new OperationCanceledException(_closing.Token);
        // Backing off may take longer than a hold may last.
        _table.EndHolds(all: true);
        return false;
    }

    private void Apply(ReflectorEvent<SliceObject> happened)
    {
        switch (happened)
        {
            case ReflectorEvent<SliceObject>.Replaced all:
                _table.Replace([.. all.Items.Where(IsOurs)]);
                _listed = true;
                break;
            case ReflectorEvent<SliceObject>.Applied one when IsOurs(one.Item):
                _table.Apply(one.Item);
                break;
            case ReflectorEvent<SliceObject>.Applied foreign:
                _table.Delete(foreign.Item.Name);
                break;
            case ReflectorEvent<SliceObject>.Deleted gone:
                _table.Delete(gone.Name);
                break;
        }

        _builder.SourceVersion = happened.Version;
        _confirmed = true;
        _failed = false;
    }

    /// <summary>The label selector has seen to that already; a feed of a whole namespace, or a server that ignores selectors, has not.</summary>
    private bool IsOurs(SliceObject slice) => slice.Service is null || slice.Service == _target.Service;
}
