using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Sharing;
using Berth.Kubernetes.Slices;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The snapshots of one target. Each call pulls its slices, applies all events that have arrived, and returns the complete snapshot.
/// Between two calls no event is read; the next call combines them in one snapshot.
/// </summary>
internal sealed class SliceStream : IEndpointStream
{
    // Without this limit, a server that sends without a pause could prevent every publication.
    private const int MaxBurst = 256;

    private readonly TargetSlices _slices;
    private readonly ServiceTarget _target;
    private readonly SnapshotBuilder _builder;
    private readonly SliceTable _table;
    private readonly NodeFeed? _nodeFeed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private State _state = State.Unlisted;

    // The nodes that the table knows. The feed may be ahead of it.
    private NodeTable _nodes = NodeTable.Unread;
    private EndpointSourceException? _told;
    private Task<ReflectorEvent<SliceObject>>? _next;
    private Exception? _failure;

    // The content that was last built, and the snapshot that was last returned, perhaps marked as stale.
    private EndpointSnapshot? _content;
    private EndpointSnapshot? _given;
    private bool _confirmed;

    public SliceStream(
        ServiceTarget target,
        PortScheme ports,
        AddressRules rules,
        TargetSlices slices,
        NodeFeed? nodes,
        TimeProvider time,
        ILogger logger,
        string? setName = null)
    {
        _target = target;
        _slices = slices;
        _nodeFeed = nodes;
        _time = time;
        _builder = new SnapshotBuilder(target, ports);
        PodResolver resolver = new(target, ports, rules)
        {
            Flips = rules.Mode == AddressMode.ExternalOrInternal ? new AddressFlips(target, logger) : null,
        };
        _table = new SliceTable(resolver, _builder, time, setName);
    }

    /// <summary>The state of the slices.</summary>
    private enum State
    {
        /// <summary>No list has arrived.</summary>
        Unlisted,

        /// <summary>Everything up to the builder's version is known.</summary>
        Listed,

        /// <summary>Everything up to a reported failure is known. No snapshot is returned until the API sends slices again.</summary>
        Failed,

        /// <summary>The stream is disposed.</summary>
        Closed,
    }

    private bool LacksNodes => _nodeFeed is not null && _nodes is { IsRead: false, Forbidden: null };

    /// <summary>The reason why external addresses may be out of date, or null.</summary>
    private string? NodeFault => _nodes is { IsRead: true, Failure: { } failure }
        ? $"The external addresses of {_target} may be out of date. {failure.Message}"
        : null;

    /// <inheritdoc/>
    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_state == State.Closed, this);
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
        if (_state == State.Closed)
            return;
        _state = State.Closed;
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_next is not null)
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _slices.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private void TakeNodes()
    {
        if (_nodeFeed is null)
            return;
        _nodeFeed.Start();
        NodeTable now = _nodeFeed.Table;
        if (ReferenceEquals(now, _nodes))
            return;
        _table.UpdateNodes(now, now.ChangedSince(_nodes));
        _nodes = now;
    }

    /// <summary>Returns the next snapshot, if the content has changed or was confirmed.</summary>
    private EndpointSnapshot? TryPublish()
    {
        // For a reader, a snapshot ends the failure. A change of nodes does not prove that the slices are current, so wait for them.
        if (_state != State.Listed || (LacksNodes && _content is null))
            return null;
        string? fault = NodeFault;
        bool changed = _builder.HasChanges;
        if (!changed && !_confirmed && _given?.StaleReason == fault)
            return null;
        if (changed)
            _content = _builder.Build();
        if (changed || _given?.StaleReason != fault)
            _given = fault is null ? _content : _content!.AsStale(_time.GetUtcNow(), fault);
        _confirmed = false;
        return _given;
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            _failure = null;
            if (_state == State.Listed)
                _state = State.Failed;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        // Without nodes there is no first snapshot. Show the reader the reason.
        if (_state == State.Unlisted || _content is not null || !LacksNodes)
            return;
        if (_nodes.Failure is not { } fault || ReferenceEquals(fault, _told))
            return;
        _told = fault;
        throw new EndpointSourceException($"The external addresses of {_target} are not known yet. {fault.Message}", fault);
    }

    private async ValueTask WaitAsync(Task next, CancellationToken cancellationToken)
    {
        if (next.IsCompleted)
            return;
        TimeSpan? hold = _table.HoldRemaining;
        if (hold is null && _nodeFeed is null)
        {
            await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = Task.Delay(hold ?? Timeout.InfiniteTimeSpan, _time, over.Token);
        await Task.WhenAny(next, timer, _nodeFeed?.WaitAsync(_nodes) ?? timer).ConfigureAwait(false);
        // Only our own timer waits here. A turn of the thread pool would delay the next event.
        over.Cancel();
    }

    private void TakeEvents()
    {
        for (int count = 0; _next is { IsCompleted: true } done && count < MaxBurst; count++)
        {
            _next = null;
            if (!TryTake(done))
                return;
            while (count < MaxBurst && _slices.TryNext(out ReflectorEvent<SliceObject>? more))
            {
                Apply(more!);
                count++;
            }

            // Data in the buffers of the connection arrives at once.
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
        // A failure removes no pod. When the API answers again, a held pod has the same time left as before.
        _table.PauseHolds();
        return false;
    }

    private void Apply(ReflectorEvent<SliceObject> happened)
    {
        try
        {
            _table.ResumeHolds();
            Update(happened);
        }
        catch
        {
            // The event is lost, and later events build on it. Only a list repairs that.
            _slices.Restart();
            throw;
        }

        _builder.SourceVersion = happened.Version;
        _confirmed = true;
        if (_state != State.Closed)
            _state = State.Listed;
    }

    private void Update(ReflectorEvent<SliceObject> happened)
    {
        switch (happened)
        {
            case ReflectorEvent<SliceObject>.Replaced all:
                _table.Replace([.. all.Items.Where(IsOurs)]);
                break;
            case ReflectorEvent<SliceObject>.Applied one when IsOurs(one.Item):
                _table.Apply(one.Item);
                break;
            case ReflectorEvent<SliceObject>.Applied foreign:
                _table.Delete(foreign.Item.Name);
                break;
            case ReflectorEvent<SliceObject>.Deleted gone:
                _table.Delete(gone.Name, PodHolds.Deleted);
                break;
        }
    }

    /// <summary>The label selector ensures this. A feed of a whole namespace does not, nor does a server that ignores selectors.</summary>
    private bool IsOurs(SliceObject slice) => slice.Service is null || slice.Service == _target.Service;
}
