using System.Runtime.ExceptionServices;
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
    private readonly Publication _publication;
    private readonly SliceTable _table;
    private readonly StreamNodes? _nodes;
    private readonly TimeProvider _time;
    private SliceState _state = SliceState.NoList;

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
        _nodes = nodes is null ? null : new StreamNodes(nodes, target);
        _time = time;
        _builder = new SnapshotBuilder(target, ports);
        _publication = new Publication(_builder, time);
        PodResolver resolver = new(target, ports, rules)
        {
            Flips = rules.Mode == AddressMode.ExternalOrInternal ? new AddressFlips(target, logger) : null,
        };
        _table = new SliceTable(resolver, _builder, time, setName);
    }

    /// <inheritdoc/>
    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_state is SliceState.Closed, this);
            _nodes?.Update(_table);
            _table.EndHolds();
            if (TryPublish() is { } snapshot)
                return snapshot;
            ThrowFailure();
            Task next = _slices.WaitAsync();
            if (_table.HoldRemaining is { } hold)
                await WaitAsync(next, hold, cancellationToken).ConfigureAwait(false);
            else if (_nodes is not null)
                await WaitAsync(next, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            else
                await next.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            TakeEvents();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_state is SliceState.Closed)
            return;
        _state = SliceState.End;
        await _slices.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Returns the next snapshot, if the content has changed or was confirmed.</summary>
    private EndpointSnapshot? TryPublish()
    {
        // For a reader, a snapshot ends the failure. A change of nodes does not prove that the slices are current, so wait for them.
        if (!_state.MayPublish)
            return null;
        bool isFirst = !_publication.HasContent;
        return isFirst && _nodes is { AreMissing: true } ? null : _publication.TryNext(_nodes?.FindFault());
    }

    private void ThrowFailure()
    {
        if (_state is SliceState.Failing failing)
        {
            _state = failing.Told;
            ExceptionDispatchInfo.Throw(failing.Failure);
        }

        // Without nodes there is no first snapshot. Show the reader the reason.
        bool isFirst = _state is not SliceState.Unlisted && !_publication.HasContent;
        if (isFirst && _nodes?.TakeUntoldFailure() is { } fault)
            throw fault;
    }

    /// <summary>Waits for slices, the end of a hold or a change of nodes.</summary>
    private async ValueTask WaitAsync(Task next, TimeSpan hold, CancellationToken cancellationToken)
    {
        if (next.IsCompleted)
            return;
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task timer = Task.Delay(hold, _time, over.Token);
        await Task.WhenAny(next, timer, _nodes?.WaitAsync() ?? timer).ConfigureAwait(false);
        // Only our own timer waits here. A turn of the thread pool would delay the next event.
        over.Cancel();
    }

    private void TakeEvents()
    {
        for (int count = 0; count < MaxBurst; count++)
        {
            bool isThere;
            ReflectorEvent<SliceObject>? happened;
            try
            {
                isThere = _slices.TryNext(out happened);
            }
            catch (Exception exception)
            {
                _state = _state.WithFailure(exception);
                // A failure removes no pod. When the API answers again, a held pod has the same time left as before.
                _table.PauseHolds();
                return;
            }

            if (isThere)
                Apply(happened!);
            // Data in the buffers of the connection arrives at once.
            else if (!_slices.WaitAsync().IsCompleted)
                return;
        }
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
        _publication.Confirm();
        _state = _state.WithEvent();
    }

    private void Update(ReflectorEvent<SliceObject> happened)
    {
        switch (happened)
        {
            case ReflectorEvent<SliceObject>.Replaced all:
                _table.Replace(all.Items.All(IsOurs) ? all.Items : [.. all.Items.Where(IsOurs)]);
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
