using System.Net;
using Berth.Pods;

namespace Berth.Remote.Wire;

/// <summary>
/// Returns one object for equal parts of pods: prefixes of names, nodes and addresses. Its growth is bounded: a full table starts again,
/// and then a part may exist twice. Not safe for several threads.
/// </summary>
/// <param name="namespace">The namespace of all pods.</param>
/// <param name="own">The name that this client gives to the dispatcher's cluster, or null.</param>
internal sealed class SharedParts(string @namespace, string? own)
{
    private const int MaxKept = 8192;

    private readonly Dictionary<string, PodNamePrefix> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodScope> _scopes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IPAddress> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _clusters = new(StringComparer.Ordinal);

    /// <summary>Returns the shared form of a pod's name. A name that is not a set's name, a dash and an ordinal is kept as it is.</summary>
    public PodName Name(ReadOnlySpan<char> text)
    {
        if (PodOrdinal.Split(text, out int length, out int ordinal) != PodOrdinal.Fault.None)
            return new PodName(text.ToString());
        Dictionary<string, PodNamePrefix>.AlternateLookup<ReadOnlySpan<char>> known =
            _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(text[..length], out PodNamePrefix? prefix))
        {
            prefix = new PodNamePrefix(text[..length].ToString());
            Keep(_prefixes, prefix.Text, prefix);
        }

        return new PodName(prefix, ordinal);
    }

    /// <summary>The scope of a pod; empty texts are none.</summary>
    public PodScope Scope(ReadOnlySpan<char> node, ReadOnlySpan<char> zone, ReadOnlySpan<char> stated)
    {
        string? cluster = Cluster(stated);
        Dictionary<string, PodScope>.AlternateLookup<ReadOnlySpan<char>> known = _scopes.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(node, out PodScope? scope) && zone.SequenceEqual(scope.Zone) && ReferenceEquals(cluster, scope.Cluster))
            return scope;
        scope = new PodScope(@namespace, node.IsEmpty ? null : node.ToString(), zone.IsEmpty ? null : Word(zone)) { Cluster = cluster };
        Keep(_scopes, scope.Node ?? "", scope);
        return scope;
    }

    /// <summary>Returns the shared form of a repeated word, such as a protocol.</summary>
    public string Word(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return "";
        if (_words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out string? word))
            return word;
        word = text.ToString();
        Keep(_words, word, word);
        return word;
    }

    /// <summary>The address that a text states, or null when it states none.</summary>
    public IPAddress? Address(ReadOnlySpan<char> text)
    {
        if (_addresses.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out IPAddress? known))
            return known;
        if (IPAddress.TryParse(text, out IPAddress? address))
            Keep(_addresses, text.ToString(), address);
        return address;
    }

    private string? Cluster(ReadOnlySpan<char> stated)
    {
        if (stated.IsEmpty)
            return own;
        if (_clusters.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(stated, out string? name))
            return name;
        string text = stated.ToString();
        name = ClusterNames.Join(own, text)!;
        Keep(_clusters, text, name);
        return name;
    }

    private static void Keep<T>(Dictionary<string, T> table, string key, T value)
    {
        if (table.Count >= MaxKept)
            table.Clear();
        table[key] = value;
    }
}
