using Berth.Remote.Wire;
using Berth.Snapshots;

namespace Berth.Remote.Following;

/// <summary>The pods of one cluster in the state of a target. A dispatcher without named clusters has one part.</summary>
internal sealed class RemotePart(ServiceTarget target, PortScheme ports)
{
    private SnapshotBuilder? _builder;
    private EndpointSnapshot? _built;

    /// <summary>The content, the same object while nothing changes.</summary>
    public EndpointSnapshot Build() => _built is null || Builder.HasChanges ? _built = Builder.Build() : _built;

    private SnapshotBuilder Builder => _builder ??= new SnapshotBuilder(target, ports);

    public IReadOnlyList<EndpointWarning> Warnings
    {
        set => Builder.Warnings = value;
    }

    /// <summary>Replaces the pods. Equal pods stay the same objects, so that they are not published again.</summary>
    /// <exception cref="WatchFormatException">A pod is stated twice.</exception>
    public void Replace(PodEndpoint[][] endpoints)
    {
        SnapshotBuilder fresh = new(target, ports);
        fresh.SetAll(endpoints);
        EndpointSnapshot whole = fresh.Build();
        CheckNames(whole);
        if (_builder is null)
        {
            (_builder, _built) = (fresh, whole);
            return;
        }

        foreach (PodChange change in whole.CompareWith(Build()))
        {
            if (change.After is { } after)
                _builder.Set(after);
            else
                _builder.Remove(change.Name);
        }
    }

    public void Set(PodEndpoint endpoint) => Builder.Set(endpoint);

    public void Remove(string name) => Builder.Remove(name);

    /// <summary>Replaces the pods that are left out.</summary>
    public void LeaveOut(IReadOnlyList<LeftOutPod> leftOut)
    {
        HashSet<string> names = [.. leftOut.Select(static pod => pod.Name)];
        foreach (LeftOutPod before in Build().LeftOut)
        {
            if (!names.Contains(before.Name))
                Builder.Remove(before.Name);
        }

        foreach (LeftOutPod pod in leftOut)
            Builder.LeaveOut(pod);
    }

    /// <summary>Many endpoints are added without a comparison, so two endpoints with one name are next to each other.</summary>
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
