using System.Diagnostics.CodeAnalysis;

namespace Berth.LocalCluster.Apply;

/// <summary>
/// A set of fields of one object, in the form of <c>FieldsV1</c>: a tree whose steps are fields (<c>f:spec</c>), items of a list by their
/// keys (<c>k:{"name":"c"}</c>) and items by their value (<c>v:"a"</c>).
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>True when this field itself is in the set. A field without steps below it always is.</summary>
    public bool IsMember { get; set; }

    public bool IsEmpty => !IsMember && _children.Count == 0;

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => _children;

    /// <summary>Returns the step of a name, and creates it when it is missing.</summary>
    public FieldSet At(string step)
    {
        if (!_children.TryGetValue(step, out FieldSet? child))
            _children[step] = child = new FieldSet();
        return child;
    }

    /// <summary>Sets the fields below a step.</summary>
    public void Put(string step, FieldSet below) => _children[step] = below;

    public bool TryGet(string step, [NotNullWhen(true)] out FieldSet? child) => _children.TryGetValue(step, out child);

    /// <summary>Returns the fields of this set that are not in another set.</summary>
    public FieldSet Without(FieldSet other)
    {
        FieldSet rest = new() { IsMember = IsMember && !other.IsMember };
        foreach ((string step, FieldSet child) in _children)
        {
            FieldSet below = other.TryGet(step, out FieldSet? others) ? child.Without(others) : child;
            if (!below.IsEmpty)
                rest._children[step] = below;
        }

        return rest;
    }

    /// <summary>Returns the fields of both sets together.</summary>
    public FieldSet With(FieldSet other)
    {
        FieldSet all = new() { IsMember = IsMember || other.IsMember };
        foreach (string step in _children.Keys.Union(other._children.Keys, StringComparer.Ordinal))
        {
            all._children[step] = TryGet(step, out FieldSet? mine)
                ? other.TryGet(step, out FieldSet? theirs) ? mine.With(theirs) : mine
                : other._children[step];
        }

        return all;
    }

    public static FieldSet Read(JsonNode? fields)
    {
        FieldSet set = new();
        if (fields is not JsonObject { Count: > 0 } steps)
        {
            set.IsMember = true;
            return set;
        }

        foreach ((string step, JsonNode? below) in steps)
        {
            if (step == ".")
                set.IsMember = true;
            else
                set._children[step] = Read(below);
        }

        return set;
    }

    public JsonObject Write()
    {
        JsonObject fields = [];
        if (IsMember && _children.Count > 0)
            fields["."] = new JsonObject();
        foreach ((string step, FieldSet child) in _children)
            fields[step] = child.Write();
        return fields;
    }
}
