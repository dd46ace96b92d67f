namespace Berth.Kubernetes.Reflector;

/// <summary>
/// An event that a reflector returns to the keeper of the objects. It stays inside this project; all others see complete snapshots.
/// </summary>
/// <param name="Version">The version up to which everything is known once the event is applied.</param>
internal abstract record ReflectorEvent<T>(string Version)
{
    /// <summary>A list: exactly these objects exist, and no others.</summary>
    internal sealed record Replaced(IReadOnlyList<T> Items, string Version) : ReflectorEvent<T>(Version);

    /// <summary>The new state of an object, which may be new.</summary>
    internal sealed record Applied(T Item, string Version) : ReflectorEvent<T>(Version);

    /// <summary>The object with this name is deleted.</summary>
    internal sealed record Deleted(string Name, string Version) : ReflectorEvent<T>(Version);

    /// <summary>
    /// Nothing changed, and everything up to this version is known: a bookmark, or a watch that the server accepted again.
    /// </summary>
    internal sealed record Confirmed(string Version) : ReflectorEvent<T>(Version);
}
