using System.Collections.Concurrent;

namespace Berth.Remote.Following;

/// <summary>The dispatchers that the endpoints of each target come through, by their run ids.</summary>
internal sealed class DispatcherPaths
{
    private readonly ConcurrentDictionary<ServiceTarget, string[]> _paths = new();

    public IReadOnlyList<string> Find(ServiceTarget target) => _paths.GetValueOrDefault(target, []);

    public void Set(ServiceTarget target, string[] path) => _paths[target] = path;

    public void Remove(ServiceTarget target) => _paths.TryRemove(target, out _);
}
