namespace Berth.Kubernetes.Reflector;

/// <summary>The known facts about the API server, shared by all its reflectors.</summary>
internal sealed class ServerTraits(bool streamingLists)
{
    private volatile bool _streamingLists = streamingLists;
    private volatile bool _sendsBookmarks;
    private volatile bool _protobuf = true;

    /// <summary>True when streaming lists are enabled and were not refused.</summary>
    public bool StreamingLists => _streamingLists;

    /// <summary>True while protobuf was not refused and every answer in protobuf could be read.</summary>
    public bool Protobuf => _protobuf;

    /// <summary>True when the server has ever sent a bookmark, so that their absence means something.</summary>
    public bool SendsBookmarks => _sendsBookmarks;

    /// <summary>Stores the facts that an answer showed. The reflector calls it when it applies the effects of a step.</summary>
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
