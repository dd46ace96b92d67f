namespace Berth.Kubernetes.Reflector;

/// <summary>What has been learned of the API server, shared by all reflectors that talk to it.</summary>
internal sealed class ServerTraits(bool streamingLists)
{
    private volatile bool _streamingLists = streamingLists;
    private volatile bool _sendsBookmarks;
    private volatile bool _protobuf = true;

    /// <summary>Whether to ask for streaming lists: wanted, and not yet refused.</summary>
    public bool StreamingLists => _streamingLists;

    /// <summary>Whether to ask for lists in protobuf: as long as none was refused, or could not be read.</summary>
    public bool Protobuf => _protobuf;

    /// <summary>Whether it has ever sent a bookmark, so that their absence means something.</summary>
    public bool SendsBookmarks => _sendsBookmarks;

    /// <summary>It refused a streaming list, or never ended one.</summary>
    public void RefusedStreamingList() => _streamingLists = false;

    /// <summary>It refused protobuf, or a list could not be read.</summary>
    public void RefusedProtobuf() => _protobuf = false;

    /// <summary>It sent a bookmark.</summary>
    public void SentBookmark() => _sendsBookmarks = true;
}
