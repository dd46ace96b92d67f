namespace Berth.Kubernetes.Wire;

/// <summary>The kind of a watch event.</summary>
internal enum WatchEventKind
{
    /// <summary>A type this program does not know: the stream goes on without it.</summary>
    Unknown = 0,

    /// <summary>ADDED or MODIFIED: this is the object now. Which of the two it was does not matter to a table of objects.</summary>
    Applied = 1,

    /// <summary>DELETED: only name and version count, the body may be old.</summary>
    Deleted = 2,

    /// <summary>BOOKMARK: everything up to this version has been sent.</summary>
    Bookmark = 3,

    /// <summary>ERROR: a Status, and the end of the stream.</summary>
    Error = 4,
}
