namespace Berth.Kubernetes.Reflector;

/// <summary>What a reflector tells the keeper of the objects. It stays inside this project: all others see whole snapshots.</summary>
/// <param name="Version">The version up to which everything is known once the event is applied.</param>
internal abstract record ReflectorEvent<T>(string Version)
{
    /// <summary>A list: exactly these objects exist, and none other.</summary>
    internal sealed record Replaced(IReadOnlyList<T> Items, string Version) : ReflectorEvent<T>(Version);

    /// <summary>This object is now so, whether it was there or not.</summary>
    internal sealed record Applied(T Item, string Version) : ReflectorEvent<T>(Version);

    /// <summary>The object of this name is gone.</summary>
    internal sealed record Deleted(string Name, string Version) : ReflectorEvent<T>(Version);

    /// <summary>Nothing changed, and all is known up to this version: a bookmark, or a watch that the server took up again.</summary>
    internal sealed record Confirmed(string Version) : ReflectorEvent<T>(Version);
}
