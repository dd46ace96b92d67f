using Berth.Remote.Wire;

namespace Berth.Remote.Following;

/// <summary>
/// The state of one target, kept over connections. Events change it. It is published only after a <c>source</c> event completes it.
/// </summary>
internal sealed class RemoteState(ServiceTarget target, PortScheme ports, string? cluster, TimeProvider time)
{
    // By cluster. A dispatcher without named clusters has one part.
    private readonly Dictionary<string, RemotePart> _parts = new(StringComparer.Ordinal);
    private readonly RemoteClusters _clusters = new(target, ports, time);
    private bool _hasContent;
    private DateTimeOffset? _staleSince;
    private string? _reason;
    private long _version;
    private bool _isComplete = true;

    /// <summary>The dispatcher's id of the state, to resume from; null when the whole state is needed.</summary>
    public string? Id { get; private set; }

    /// <summary>Starts another connection. If the last state is incomplete, it needs the whole state.</summary>
    public void BeginConnection()
    {
        if (!_isComplete)
            Forget();
        _isComplete = true;
        _version = 0;
    }

    /// <summary>Forgets the id, so that the next connection gets the whole state.</summary>
    public void Forget() => Id = null;

    /// <summary>Applies a snapshot or changes.</summary>
    /// <exception cref="WatchFormatException">They contradict the known state.</exception>
    public void Apply(WatchMessage.Content content)
    {
        if (content.Version < Math.Max(_version, 1))
            throw new WatchFormatException($"it goes from version {_version} back to {content.Version}");
        if (!content.IsWhole && (!_hasContent || (Id is null && _isComplete)))
            throw new WatchFormatException("it sent changes before a snapshot");
        _isComplete = false;
        Id = null;
        if (content.IsWhole)
            Replace(content.Endpoints);
        else
            Change(content);
        if (content.LeftOut is { } leftOut)
            LeaveOut(leftOut);
        if (content.Warnings is { } warnings)
            PartOf(cluster).Warnings = warnings;
        (_version, _staleSince, _reason) = (content.Version, content.StaleSince, content.Reason);
    }

    /// <summary>Completes the state with what the dispatcher reports about its source.</summary>
    /// <returns>The snapshot to publish, or null when the event is about another state than the known one.</returns>
    public EndpointSnapshot? Complete(WatchMessage.Source source)
    {
        if (source.State is null || !_hasContent || (_isComplete && source.State != Id))
            return null;
        EndpointSnapshot content = source.Clusters.Length == 0
            ? BuildOne()
            : _clusters.Join(source.Clusters, name => PartOf(name).Build());
        _isComplete = true;
        Id = source.State;
        return content.AsStated(source.State, source.Age, _staleSince, _reason);
    }

    private EndpointSnapshot BuildOne()
    {
        string? other = _parts.FirstOrDefault(part => part.Key != (cluster ?? "") && part.Value.Build().Endpoints.Count > 0).Key;
        return other is null
            ? PartOf(cluster).Build()
            : throw new WatchFormatException($"it states pods of the cluster {other}, and not that it follows it");
    }

    private RemotePart PartOf(string? name)
    {
        if (!_parts.TryGetValue(name ?? "", out RemotePart? part))
            _parts.Add(name ?? "", part = new RemotePart(target, ports));
        return part;
    }

    private void Replace(PodEndpoint[][] endpoints)
    {
        _hasContent = true;
        string? first = endpoints.Length > 0 ? endpoints[0][0].Cluster : cluster;
        if (Array.TrueForAll(endpoints, piece => Array.TrueForAll(piece, pod => pod.Cluster == first)))
        {
            PartOf(first).Replace(endpoints);
            Empty([first ?? ""]);
            return;
        }

        List<string> known = [];
        foreach (IGrouping<string?, PodEndpoint> pods in endpoints.SelectMany(static piece => piece).GroupBy(static pod => pod.Cluster))
        {
            PartOf(pods.Key).Replace([[.. pods]]);
            known.Add(pods.Key ?? "");
        }

        Empty(known);
    }

    private void Empty(IReadOnlyList<string> known)
    {
        foreach ((string name, RemotePart part) in _parts)
        {
            if (!known.Contains(name))
                part.Replace([]);
        }
    }

    private void Change(WatchMessage.Content content)
    {
        foreach (LeftPod pod in content.Left)
            PartOf(pod.Cluster).Remove(pod.Name);
        foreach (PodEndpoint[] piece in content.Endpoints)
        {
            foreach (PodEndpoint endpoint in piece)
                PartOf(endpoint.Cluster).Set(endpoint);
        }
    }

    private void LeaveOut(LeftOutPod[] leftOut)
    {
        ILookup<string, LeftOutPod> byCluster = leftOut.ToLookup(static pod => pod.Cluster ?? "");
        foreach (IGrouping<string, LeftOutPod> pods in byCluster)
            PartOf(pods.Key);
        foreach ((string name, RemotePart part) in _parts)
            part.LeaveOut([.. byCluster[name]]);
    }
}
