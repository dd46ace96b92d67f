using Berth.Grpc.Resolving;
using Grpc.Core;

namespace Berth.Grpc.Balancing;

/// <summary>The connections of one result of the resolver, by name, by ordinal and by key. Immutable; the connections are not.</summary>
internal sealed class PodTable
{
    private readonly Dictionary<string, PodConnection> _byName;
    private readonly int[] _ordinals;
    private readonly PodConnection[] _byOrdinal;
    private readonly KeyTable _keys;

    /// <param name="pods">The result of the resolver.</param>
    /// <param name="connections">The connections to its pods, in the same order.</param>
    public PodTable(ResolvedPods pods, PodConnection[] connections)
    {
        Pods = pods;
        All = connections;
        _byName = connections.ToDictionary(static connection => connection.Address.Pod.Name, StringComparer.Ordinal);
        // Already in the order of ordinals, as the snapshot is.
        _byOrdinal = [.. connections.Where(static connection => connection.Address.Pod.Ordinal is not null)];
        _ordinals = [.. _byOrdinal.Select(static connection => connection.Address.Pod.Ordinal!.Value)];
        _keys = new KeyTable(connections);
    }

    public ResolvedPods Pods { get; }

    public PodConnection[] All { get; }

    public PodConnection? FindByName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Returns the connection to the pod with an ordinal, or null. Of several, the first by name.</summary>
    public PodConnection? FindByOrdinal(int ordinal)
    {
        // The ordinals of a set usually have no gaps.
        int guess = _ordinals.Length == 0 ? -1 : ordinal - _ordinals[0];
        int index = (uint)guess < (uint)_ordinals.Length && _ordinals[guess] == ordinal ? guess : Array.BinarySearch(_ordinals, ordinal);
        if (index < 0)
            return null;
        while (index > 0 && _ordinals[index - 1] == ordinal)
            index--;
        return _byOrdinal[index];
    }

    /// <summary>Returns the connection that a key belongs to, passing over those that refuse connections unless all do.</summary>
    public PodConnection FindByKey(ReadOnlySpan<char> key) => _keys.Find(key);

    /// <summary>Finds connections that calls which name no pod can use now.</summary>
    public PodConnection[] FindReady() =>
        Array.FindAll(All, static connection => connection is { IsKept: true, Connectivity: ConnectivityState.Ready });
}
