namespace Berth.Kubernetes.Wire;

/// <summary>The kind of a watch event.</summary>
internal enum WatchEventKind
{
    /// <summary>A type that this program does not know. The stream continues without it.</summary>
    Unknown = 0,

    /// <summary>ADDED or MODIFIED: the current state of the object. A table of objects treats both alike.</summary>
    Applied = 1,

    /// <summary>DELETED: only name and version count, because the body may be old.</summary>
    Deleted = 2,

    /// <summary>BOOKMARK: everything up to this version has been sent.</summary>
    Bookmark = 3,

    /// <summary>ERROR: a Status, and the end of the stream.</summary>
    Error = 4,
}
