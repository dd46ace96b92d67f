namespace Berth.Kubernetes.Reflector;

/// <summary>What an answer showed of the API server.</summary>
[Flags]
internal enum Learned
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The version that it has got to: by a list, an event or a bookmark.</summary>
    Version = 1,

    /// <summary>It sends bookmarks.</summary>
    Bookmarks = 2,

    /// <summary>It refuses streaming lists, or never ends one.</summary>
    NoStreamingLists = 4,

    /// <summary>It refuses protobuf, or what it sent could not be read.</summary>
    NoProtobuf = 8,
}
