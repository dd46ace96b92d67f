using Berth.Kubernetes.Http;

namespace Berth.Kubernetes.Reflector;

/// <summary>What a watch event says.</summary>
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

/// <summary>One decoded watch event.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Object">The object, of an applied event only.</param>
/// <param name="Name">The object's name; empty for bookmarks and errors.</param>
/// <param name="Version">The object's version; empty where none is stated.</param>
/// <param name="InitialEventsEnd">True for the bookmark after the last object of a streaming list.</param>
/// <param name="Status">The Status, of an error only; null when it could not be read.</param>
internal readonly record struct WatchEvent<T>(
    WatchEventKind Kind, T? Object = null, string Name = "", string Version = "", bool InitialEventsEnd = false, KubernetesStatus? Status = null)
    where T : class;
