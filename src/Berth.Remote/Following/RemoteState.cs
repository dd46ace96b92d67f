using Berth.Remote.Wire;
using Berth.Snapshots;

namespace Berth.Remote.Following;

/// <summary>
/// The state of one target, kept over connections. Events change it; a <c>source</c> event completes it, and only then is it given on.
/// </summary>
internal sealed class RemoteState(ServiceTarget target, PortScheme ports)
{
    private SnapshotBuilder? _builder;
    private EndpointSnapshot? _built;
    private DateTimeOffset? _staleSince;
    private string? _reason;
    private long _version;
    private bool _isComplete = true;

    /// <summary>The dispatcher's name of the state, to resume from; null when it has to come whole.</summary>
    public string? Id { get; private set; }

    /// <summary>Another connection begins: whatever was received without its end is not to be built on.</summary>
    public void BeginConnection()
    {
        if (!_isComplete)
            Forget();
        _isComplete = true;
        _version = 0;
    }

    /// <summary>The state has to come whole.</summary>
    public void Forget() => Id = null;

    /// <summary>Applies a snapshot or changes.</summary>
    /// <exception cref="WatchFormatException">They do not fit what is known.</exception>
    public void Apply(WatchMessage.Content content)
    {
        if (content.Version < Math.Max(_version, 1))
            throw new WatchFormatException($"it goes from version {_version} back to {content.Version}");
        if (!content.IsWhole && (_builder is null || (Id is null && _isComplete)))
            throw new WatchFormatException("it sent changes before a snapshot");
        _isComplete = false;
        Id = null;
        if (content.IsWhole)
            Replace(content);
        else
            Change(content);
        if (content.LeftOut is { } leftOut)
            LeaveOut(_builder!, leftOut);
        if (content.Warnings is { } warnings)
            _builder!.Warnings = warnings;
        (_version, _staleSince, _reason) = (content.Version, content.StaleSince, content.Reason);
    }

    /// <summary>Completes the state with what the dispatcher says of its source.</summary>
    /// <returns>The snapshot to give on, or null when the event is about another state than the one that is known.</returns>
    public EndpointSnapshot? Complete(WatchMessage.Source source)
    {
        if (source.State is null || _builder is null || (_isComplete && source.State != Id))
            return null;
        _isComplete = true;
        Id = source.State;
        return Build(_builder).AsStated(source.State, source.Age, _staleSince, _reason);
    }

    /// <summary>The content, the same object while nothing changes.</summary>
    private EndpointSnapshot Build(SnapshotBuilder builder) =>
        _built is null || builder.HasChanges ? _built = builder.Build() : _built;

    /// <summary>Replaces the state with a whole one. What is the same stays the same object, so that it is not published again.</summary>
    private void Replace(WatchMessage.Content content)
    {
        SnapshotBuilder fresh = new(target, ports);
        fresh.SetAll(content.Endpoints);
        EndpointSnapshot whole = fresh.Build();
        CheckNames(whole);
        if (_builder is null)
        {
            _builder = fresh;
            _built = whole;
            return;
        }

        foreach (PodChange change in whole.CompareWith(Build(_builder)))
        {
            if (change.After is { } after)
                _builder.Set(after);
            else
                _builder.Remove(change.Name);
        }
    }

    private void Change(WatchMessage.Content content)
    {
        foreach (string name in content.Left)
            _builder!.Remove(name);
        foreach (PodEndpoint[] piece in content.Endpoints)
        {
            foreach (PodEndpoint endpoint in piece)
                _builder!.Set(endpoint);
        }
    }

    private void LeaveOut(SnapshotBuilder builder, LeftOutPod[] leftOut)
    {
        HashSet<string> names = [.. leftOut.Select(static pod => pod.Name)];
        foreach (LeftOutPod before in Build(builder).LeftOut)
        {
            if (!names.Contains(before.Name))
                builder.Remove(before.Name);
        }

        foreach (LeftOutPod pod in leftOut)
            builder.LeaveOut(pod);
    }

    /// <summary>Many endpoints are put in without a look at each other. Two of one name stand side by side then.</summary>
    private static void CheckNames(EndpointSnapshot whole)
    {
        PodEndpoint? last = null;
        foreach (PodEndpoint endpoint in whole.Endpoints)
        {
            if (last is not null && EndpointOrder.Compare(last, endpoint) == 0)
                throw new WatchFormatException($"it states the pod {endpoint.Name} twice");
            last = endpoint;
        }
    }
}
