namespace Berth.Kubernetes.Wire;

/// <summary>One decoded watch event.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Object">The object, of an applied event only.</param>
/// <param name="Name">The object's name; empty for bookmarks and errors.</param>
/// <param name="Version">The object's version; empty where none is stated.</param>
/// <param name="InitialEventsEnd">True for the bookmark after the last object of a streaming list.</param>
/// <param name="Status">The Status, of an error only; null when it could not be read.</param>
internal readonly record struct WatchEvent<T>(
    WatchEventKind Kind, T? Object = null, string Name = "", string Version = "", bool InitialEventsEnd = false,
    KubernetesStatus? Status = null)
    where T : class;
