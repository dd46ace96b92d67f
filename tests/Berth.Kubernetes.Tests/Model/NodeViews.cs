namespace Berth.Kubernetes.Model;

/// <summary>
/// The simple model of external addresses: what a client may know about nodes at a moment. It reads them separately from the slices, so it
/// may be behind, but it never goes back. When a view explains a snapshot, earlier views are no longer possible.
/// </summary>
internal sealed class NodeViews(Cluster cluster, ApiServer api, AddressMode mode)
{
    private IReadOnlyList<NodeView> _ghosts = [];
    private long _from;
    private bool _seen;

    /// <summary>The current state of nodes.</summary>
    public AddressOfNode Now => ViewAt(cluster.Version).Address;

    /// <summary>All views that the client may have, oldest first.</summary>
    public IReadOnlyList<NodeView> Candidates()
    {
        if (mode == AddressMode.Internal)
            return [ViewAt(cluster.Version)];
        List<NodeView> views = [.. _ghosts];
        if (api.HasForbiddenNodes && !_seen)
            views.Add(new NodeView(null, Forbidden));
        views.Add(ViewAt(Math.Max(_from, FirstVersion)));
        views.AddRange(cluster.NodesBetween(_from, cluster.Version).Select(c => ViewAt(c.Version)));
        return views;
    }

    /// <summary>Records that a snapshot was correct with this view.</summary>
    public void Accept(NodeView view)
    {
        if (view.Version is not { } version || view.IsGhost)
            return;
        _from = version;
        _seen = true;
    }

    /// <summary>Called before the store is set back: the client may show the current nodes until it has noticed.</summary>
    public void RememberGhosts() => _ghosts = [.. Candidates().Select(static v => v with { IsGhost = true })];

    /// <summary>Records that the client reads the current nodes.</summary>
    public void ForgetGhosts()
    {
        _ghosts = [];
        _from = 0;
    }

    /// <summary>After the store was set back, the current state may belong to any earlier version.</summary>
    public void Restart() => _from = 0;

    private const long FirstVersion = 100;

    private NodeView ViewAt(long version)
    {
        IReadOnlyDictionary<string, ClusterNode> nodes = cluster.NodesAt(version);
        return new NodeView(version, (node, stated) => AddressOf(nodes.GetValueOrDefault(node), stated));
    }

    private string AddressOf(ClusterNode? node, string stated)
    {
        if (mode == AddressMode.Internal)
            return stated;
        if (node is null)
            return nameof(LeftOutReason.ExternalAddressUnknown);
        string[] external =
            [.. node.External.Where(static e => e.Length > 0).OrderBy(static e => e.Contains(':', StringComparison.Ordinal))];
        if (external.Length > 0)
            return string.Join(',', external);
        return mode == AddressMode.ExternalOrInternal ? stated : nameof(LeftOutReason.NoExternalAddress);
    }

    private string Forbidden(string node, string stated) =>
        mode == AddressMode.ExternalOrInternal ? stated : nameof(LeftOutReason.ExternalAddressUnknown);
}

/// <summary>The states of nodes that a client may know.</summary>
/// <param name="Version">The cluster's, or null while nodes may not be read.</param>
/// <param name="Address">What it makes of a node and the addresses that the slices state.</param>
internal sealed record NodeView(long? Version, AddressOfNode Address)
{
    /// <summary>True for a view from before the store was set back.</summary>
    public bool IsGhost { get; init; }
}
