namespace Berth.Kubernetes.Reflector;

/// <summary>What has been learned of the API server, shared by all reflectors that talk to it.</summary>
internal sealed class ServerTraits(bool streamingLists)
{
    private volatile bool _streamingLists = streamingLists;
    private volatile bool _sendsBookmarks;
    private volatile bool _protobuf = true;

    /// <summary>Whether to ask for streaming lists: wanted, and not yet refused.</summary>
    public bool StreamingLists => _streamingLists;

    /// <summary>Whether to ask for lists in protobuf: as long as none was refused, and all could be read.</summary>
    public bool Protobuf => _protobuf;

    /// <summary>Whether the server has ever sent a bookmark, so that their absence means something.</summary>
    public bool SendsBookmarks => _sendsBookmarks;

    /// <summary>Keeps what an answer showed. For the reflector that applies the effects of a step.</summary>
    public void Learn(Learned learned)
    {
        if (learned.HasFlag(Learned.Bookmarks))
            _sendsBookmarks = true;
        if (learned.HasFlag(Learned.NoStreamingLists))
            _streamingLists = false;
        if (learned.HasFlag(Learned.NoProtobuf))
            _protobuf = false;
    }
}
