using System.Diagnostics.CodeAnalysis;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The slices of one target by name. A single slice, up to 100 pods, needs no dictionary: there may be 10,000 targets of a few pods each.
/// </summary>
internal struct SlicesByName
{
    private SliceObject? _only;
    private Dictionary<string, SliceObject>? _all;

    /// <summary>The number of slices.</summary>
    public readonly int Count => _all?.Count ?? (_only is null ? 0 : 1);

    /// <summary>The slices, in no order.</summary>
    public readonly IEnumerable<SliceObject> Values => _all is { } all ? all.Values : _only is { } only ? [only] : [];

    /// <summary>Makes room for a number of slices.</summary>
    public void EnsureCapacity(int count)
    {
        if (count > 1)
            Collect(count).EnsureCapacity(count);
    }

    /// <summary>Finds a slice.</summary>
    public readonly bool TryGet(string name, [NotNullWhen(true)] out SliceObject? slice)
    {
        if (_all is { } all)
            return all.TryGetValue(name, out slice);
        slice = _only is { } only && only.Name == name ? only : null;
        return slice is not null;
    }

    /// <summary>Stores a slice in place of one with the same name.</summary>
    public void Put(SliceObject slice)
    {
        if (_all is null && (_only is null || _only.Name == slice.Name))
            _only = slice;
        else
            Collect(2)[slice.Name] = slice;
    }

    /// <summary>Removes a slice.</summary>
    public void Remove(string name)
    {
        if (_all is { } all)
            all.Remove(name);
        else if (_only is { } only && only.Name == name)
            _only = null;
    }

    private Dictionary<string, SliceObject> Collect(int count)
    {
        if (_all is { } all)
            return all;
        _all = new Dictionary<string, SliceObject>(count, StringComparer.Ordinal);
        if (_only is { } only)
            _all.Add(only.Name, only);
        _only = null;
        return _all;
    }
}
