namespace Berth.Kubernetes.Wire;

/// <summary>One decoded watch event.</summary>
/// <param name="Kind">The kind of the event.</param>
/// <param name="Object">The object; only for an applied event.</param>
/// <param name="Name">The object's name; empty for bookmarks and errors.</param>
/// <param name="Version">The object's version; empty when none is stated.</param>
/// <param name="InitialEventsEnd">True for the bookmark after the last object of a streaming list.</param>
/// <param name="Status">The Status; only for an error. Null when it could not be read.</param>
internal readonly record struct WatchEvent<T>(
    WatchEventKind Kind, T? Object = null, string Name = "", string Version = "", bool InitialEventsEnd = false,
    KubernetesStatus? Status = null)
    where T : class;
