using Berth.Kubernetes.Nodes;

namespace Berth.Kubernetes.Assembly;

/// <summary>The nodes that one stream has given to its table. The feed may be ahead of them.</summary>
internal sealed class StreamNodes(NodeFeed feed, ServiceTarget target)
{
    private NodeTable _table = NodeTable.Unread;
    private EndpointSourceException? _told;

    /// <summary>True while no node was read, although none is forbidden.</summary>
    public bool AreMissing => _table is { IsRead: false, Forbidden: null };

    /// <summary>Gives the changes of the feed to a table.</summary>
    public void Update(SliceTable slices)
    {
        feed.Start();
        NodeTable now = feed.Table;
        if (ReferenceEquals(now, _table))
            return;
        slices.UpdateNodes(now, now.ChangedSince(_table));
        _table = now;
    }

    /// <summary>Returns the reason why external addresses may be out of date, or null.</summary>
    public string? FindFault() => _table is { IsRead: true, Failure: { } failure }
        ? $"The external addresses of {target} may be out of date. {failure.Message}"
        : null;

    /// <summary>Returns the reason why the nodes are missing, once, or null.</summary>
    public EndpointSourceException? TakeUntoldFailure()
    {
        if (!AreMissing || _table.Failure is not { } fault || ReferenceEquals(fault, _told))
            return null;
        _told = fault;
        return new EndpointSourceException($"The external addresses of {target} are not known yet. {fault.Message}", fault);
    }

    /// <summary>Completes when the feed has other nodes.</summary>
    public Task WaitAsync() => feed.WaitAsync(_table);
}
