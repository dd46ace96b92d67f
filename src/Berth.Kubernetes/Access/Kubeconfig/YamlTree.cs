using System.Buffers;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Builds the values of a YAML document as kubectl does: its types, merge keys, and the last of two equal keys. An alias shares the value
/// of its anchor, so the cost does not exceed the length of the text.
/// </summary>
internal sealed class YamlTree
{
    // The same as the limit of events. Without it, merges of merges would copy without an end.
    private const int MaxMerged = 500_000;

    // Characters that YAML's reader refuses.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static c => (char)c).Where(static c => c is not ('\t' or '\n' or '\r')), '\u007f', '\ufffe',
            '\uffff']);

    private readonly IParser _parser;
    private readonly Dictionary<string, YamlValue?> _anchors = new(StringComparer.Ordinal);

    private int _merged;

    private YamlTree(IParser parser) => _parser = parser;

    /// <summary>Returns the first document, or null when there is none.</summary>
    /// <exception cref="YamlException">It is not YAML, or it exceeds a limit.</exception>
    internal static YamlValue? Read(string text)
    {
        RefuseControls(text);
        using StringReader reader = new(text);
        YamlTree tree = new(new BoundedParser(new Parser(reader)));
        try
        {
            while (tree._parser.MoveNext())
            {
                if (tree._parser.Current is DocumentStart && tree._parser.MoveNext())
                    return tree.ReadContent();
            }

            return null;
        }
        catch (YamlException exception) when (
            exception.Start.Line <= 1 && TabLine(text, tree._parser.Current?.Start.Line ?? 1) is > 1 and var line)
        {
            // The parser gives no position for a tab where only spaces are allowed.
            throw new YamlException(new Mark(0, line, 1), new Mark(0, line, 1), "a tab in front of a value", exception);
        }
    }

    private static void RefuseControls(string text)
    {
        int at = text.AsSpan().IndexOfAny(Controls);
        if (at < 0)
            return;
        Mark mark = new(at, 1 + text.AsSpan(0, at).Count('\n'), 1);
        throw new YamlException(mark, mark, "a control character");
    }

    private static long TabLine(string text, long from)
    {
        long line = 0;
        foreach (ReadOnlySpan<char> each in text.AsSpan().EnumerateLines())
        {
            if (++line >= from && each.TrimStart(' ').StartsWith("\t", StringComparison.Ordinal) && !each.Trim().IsEmpty)
                return line;
        }

        return 0;
    }

    // As a key it has a text form, but as a value JSON cannot express it.
    private YamlValue ReadContent()
    {
        ParsingEvent at = _parser.Current!;
        YamlValue value = ReadValue();
        return value.Single is double number && !double.IsFinite(number)
            ? throw Fault(at, "a number that is infinite or not a number")
            : value;
    }

    private YamlValue ReadValue()
    {
        ParsingEvent current = _parser.Current!;
        switch (current)
        {
            case AnchorAlias alias:
                return _anchors.TryGetValue(alias.Value.Value, out YamlValue? known)
                    ? known ?? throw Fault(current, "an anchor that contains itself")
                    : throw Fault(current, "an alias without an anchor before it");
            case Scalar scalar:
                return Keep(scalar, new YamlValue(scalar.Start.Line) { Single = YamlScalar.Read(scalar) });
            case SequenceStart list:
                return ReadList(list);
            case MappingStart map:
                return ReadMap(map);
            default:
                throw Fault(current, "no value where one is due");
        }
    }

    private YamlValue ReadList(SequenceStart start)
    {
        Open(start);
        List<YamlValue> items = new();
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
            items.Add(ReadContent());
        return Keep(start, new YamlValue(start.Start.Line) { Items = items });
    }

    private YamlValue ReadMap(MappingStart start)
    {
        Open(start);
        Dictionary<string, YamlValue> fields = new(StringComparer.Ordinal);
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            ParsingEvent at = _parser.Current!;
            bool merges = at is Scalar key && YamlScalar.IsMergeKey(key);
            YamlValue name = ReadValue();
            _parser.MoveNext();
            bool isAlias = _parser.Current is AnchorAlias;
            YamlValue value = ReadContent();
            if (merges)
                Merge(fields, isAlias && value.Fields is null ? new YamlValue(value.Line) : value, at);
            else
                fields[YamlScalar.AsKey(name, at)] = value;
        }

        return Keep(start, new YamlValue(start.Start.Line) { Fields = fields });
    }

    // In the order of the text, as in kubectl, whose library lets a merge replace earlier keys.
    private void Merge(Dictionary<string, YamlValue> into, YamlValue value, ParsingEvent at)
    {
        // The first source has precedence, so it is applied last.
        IEnumerable<YamlValue> sources = value.Items is { } list ? Enumerable.Reverse(list) : [value];
        foreach (YamlValue source in sources)
        {
            foreach ((string name, YamlValue merged) in source.Fields ?? throw Fault(at,
                "a merge key << that is given neither a mapping nor a list of them"))
            {
                if (++_merged > MaxMerged)
                    throw Fault(at, $"merge keys that copy more than {MaxMerged} values");
                into[name] = merged;
            }
        }
    }

    private void Open(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            _anchors[node.Anchor.Value] = null;
    }

    private YamlValue Keep(NodeEvent node, YamlValue value)
    {
        if (!node.Anchor.IsEmpty)
            _anchors[node.Anchor.Value] = value;
        return value;
    }

    private static YamlException Fault(ParsingEvent at, string what) => new(at.Start, at.End, what);
}
