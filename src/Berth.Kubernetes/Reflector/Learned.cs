namespace Berth.Kubernetes.Reflector;

/// <summary>The facts about the API server that an answer showed.</summary>
[Flags]
internal enum Learned
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its current version, from a list, an event or a bookmark.</summary>
    Version = 1,

    /// <summary>It sends bookmarks.</summary>
    Bookmarks = 2,

    /// <summary>It refuses streaming lists, or never ends one.</summary>
    NoStreamingLists = 4,

    /// <summary>It refuses protobuf, or sent protobuf that could not be read.</summary>
    NoProtobuf = 8,
}
