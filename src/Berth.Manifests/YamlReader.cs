using System.Buffers;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Manifests;

/// <summary>
/// Converts one YAML stream to JSON as kubectl does: merge keys count in their order, of two equal keys the last one counts, and keys
/// become text. The cost of a text is bounded, aliases included: values are nested at most <see cref="MaxDepth"/> levels, and the
/// number of values that aliases stand for is limited by the length of the text.
/// </summary>
internal sealed class YamlReader
{
    public const int MaxDepth = 64;

    // Anchors save people from writing things twice or ten times; what goes beyond is made to fill the memory.
    private const int ValuesForNothing = 1000;
    private const int ValuesForACharacter = 20;

    private const string MergeTag = "tag:yaml.org,2002:merge";

    // The characters that the YAML parser does not accept.
    private static readonly SearchValues<char> s_controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static c => (char)c).Where(static c => c is not ('\t' or '\n' or '\r')), '\u007f', '\ufffe',
            '\uffff']);

    private readonly Parser _parser;
    private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    private readonly long _maximum;
    private readonly SourceLines? _lines;
    private int _nodes;

    private YamlReader(TextReader text, int length, SourceLines? lines)
    {
        _parser = new Parser(text);
        _lines = lines;
        _maximum = ValuesForNothing + ((long)length * ValuesForACharacter);
    }

    /// <summary>The documents, each with the line it begins at. A document without anything is null.</summary>
    /// <param name="text">The stream.</param>
    /// <param name="lines">Gets the line of every value, or null when nothing asks for them.</param>
    /// <exception cref="YamlFault">It is not YAML, or not taken.</exception>
    public static IReadOnlyList<(JsonNode? Body, long Line)> Read(string text, SourceLines? lines = null)
    {
        if (text.AsSpan().IndexOfAny(s_controls) is >= 0 and int at)
            throw new YamlFault(1 + text.AsSpan(0, at).Count('\n'), "control characters are not allowed");
        if (DirectiveLine(text) is { } line)
            throw new YamlFault(line, "a directive (%YAML or %TAG) is not allowed; remove the line");
        try
        {
            return ReadOnce(text, lines);
        }
        catch (YamlFault exception) when (exception.InnerException is not null && YamlLayout.Mend(text) is { } mended)
        {
            return ReadMended(mended, lines, exception);
        }
    }

    private static List<(JsonNode? Body, long Line)> ReadMended(string text, SourceLines? lines, YamlFault before)
    {
        try
        {
            return ReadOnce(text, lines);
        }
        catch (YamlFault exception)
        {
            // The fault further down is the one that is left to correct.
            throw exception.Line > before.Line ? exception : before;
        }
    }

    private static List<(JsonNode? Body, long Line)> ReadOnce(string text, SourceLines? lines)
    {
        using StringReader source = new(text);
        YamlReader reader = new(source, text.Length, lines);
        try
        {
            return reader.ReadStream();
        }
        catch (YamlException exception)
        {
            // The parser states no position for a tab where only spaces are allowed.
            long line = exception.Start.Line > 1 ? exception.Start.Line : Math.Max(reader.Line, TabLine(text, reader.Line));
            throw new YamlFault(line, exception.Message, exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException
            or ArithmeticException
            or NullReferenceException or IndexOutOfRangeException)
        {
            // Some broken input makes the parser throw these instead of its own exception.
            throw new YamlFault(reader.Line, "it is no YAML", exception);
        }
    }

    private long Line => _parser.Current?.Start.Line ?? 1;

    /// <summary>kubectl takes a stream apart at its document markers first, so that it refuses every directive.</summary>
    private static long? DirectiveLine(string text)
    {
        long line = 0;
        foreach (ReadOnlySpan<char> each in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            line++;
            ReadOnlySpan<char> content = each.TrimStart();
            if (!content.IsEmpty && content[0] != '#')
                return each[0] == '%' ? line : null;
        }

        return null;
    }

    private static long TabLine(string text, long from)
    {
        string[] lines = text.Split('\n');
        int found = Array.FindIndex(
            lines, (int)Math.Min(from - 1, lines.Length), static line => line.TrimStart(' ').StartsWith('\t') && line.Trim().Length > 0);
        return found + 1;
    }

    private List<(JsonNode? Body, long Line)> ReadStream()
    {
        List<(JsonNode?, long)> documents = new();
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart)
                continue;
            _anchors.Clear();
            _parser.MoveNext();
            long line = Line;
            documents.Add((Note(ToNode(ReadNode(1).Value, line), line), line));
        }

        return documents;
    }

    /// <summary>Reads the node that begins here, and leaves the parser at its last event.</summary>
    private Anchored ReadNode(int depth)
    {
        if (depth > MaxDepth)
            throw Fault($"it is nested deeper than {MaxDepth} levels");
        Count(1);
        switch (_parser.Current)
        {
            case AnchorAlias alias:
                return Find(alias, depth);
            case Scalar scalar:
                Anchored single = new() { Value = ReadScalar(scalar), Size = 1, Height = 1 };
                Keep(scalar, single);
                return single;
            case MappingStart start:
                return ReadCollection(start, depth, new JsonObject());
            case SequenceStart start:
                return ReadCollection(start, depth, new JsonArray());
            default:
                throw Fault("it is no YAML");
        }
    }

    private Anchored ReadCollection(NodeEvent start, int depth, JsonNode into)
    {
        Anchored whole = new() { IsOpen = true, Value = into };
        Keep(start, whole);
        int before = _nodes;
        int height = 0;
        while (_parser.MoveNext() && _parser.Current is not (MappingEnd or SequenceEnd))
        {
            if (into is JsonArray list)
            {
                long line = Line;
                Anchored item = ReadNode(depth + 1);
                height = Math.Max(height, item.Height);
                list.Add(Note(ToNode(item.Value, Line), line));
            }
            else
            {
                height = Math.Max(height, ReadPair((JsonObject)into, depth));
            }
        }

        whole.IsOpen = false;
        whole.Size = _nodes - before + 1;
        whole.Height = height + 1;
        return whole;
    }

    private int ReadPair(JsonObject into, int depth)
    {
        bool merges = _parser.Current is Scalar { Value: "<<" } scalar
            && (Tag(scalar).Length == 0 ? scalar.Style == ScalarStyle.Plain : Tag(scalar) == MergeTag);
        long line = Line;
        object? key = ReadNode(depth + 1).Value;
        string name = At(line, () => YamlKeys.Read(key));
        _parser.MoveNext();
        bool isAlias = _parser.Current is AnchorAlias;
        Anchored value = ReadNode(depth + 1);
        if (!merges)
            into[name] = Note(ToNode(value.Value, line), line);
        else if (value.Value is JsonObject map)
            Merge(into, map);
        else if (!isAlias && value.Value is JsonArray maps && maps.All(static item => item is JsonObject))
            // The first of several has precedence.
            maps.Reverse().ToList().ForEach(item => Merge(into, (JsonObject)item!));
        else
            throw new YamlFault(line, "the merge key << takes a mapping or a list of mappings");
        return value.Height;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach ((string name, JsonNode? value) in from)
            into[name] = value?.DeepClone();
    }

    private Anchored Find(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out Anchored? found))
            throw Fault($"the alias *{alias.Value.Value} has no anchor before it");
        if (found.IsOpen)
            throw Fault($"the anchor &{alias.Value.Value} contains itself");
        if (depth + found.Height > MaxDepth + 1)
            throw Fault($"with its aliases it is nested deeper than {MaxDepth} levels");
        Count(found.Size - 1);
        return found;
    }

    private void Keep(NodeEvent node, Anchored value)
    {
        if (!node.Anchor.IsEmpty)
            _anchors[node.Anchor.Value] = value;
    }

    private object? ReadScalar(Scalar scalar) =>
        At(Line, () => YamlScalars.Read(scalar.Value, Tag(scalar), scalar.Style == ScalarStyle.Plain));

    /// <summary>Values are copied, because a JSON value can have only one parent.</summary>
    private static JsonNode? ToNode(object? value, long line) => value switch
    {
        null => null,
        JsonNode { Parent: null } node => node,
        JsonNode node => node.DeepClone(),
        bool truth => truth,
        long whole => whole,
        ulong large => (double)large,
        double real when !double.IsFinite(real) =>
            throw new YamlFault(line, "a number is infinite or not a number (.inf, .nan), which JSON cannot express"),
        // Go writes these without a fraction, and reads them back as whole numbers.
        double real when Math.Truncate(real) == real && Math.Abs(real) < 9.2e18 => (long)real,
        double real => real,
        _ => (string)value,
    };

    private JsonNode? Note(JsonNode? node, long line)
    {
        _lines?.Add(node, line);
        return node;
    }

    private static T At<T>(long line, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException exception)
        {
            throw new YamlFault(line, exception.Message, exception);
        }
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > _maximum)
            throw Fault("its aliases stand for far more values than are written");
    }

    private static string Tag(Scalar scalar) => scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;

    private YamlFault Fault(string clause) => new(Line, clause);

    private sealed class Anchored
    {
        public object? Value { get; init; }

        /// <summary>The number of its values, itself included.</summary>
        public int Size { get; set; }

        public int Height { get; set; }

        /// <summary>Not read to its end yet.</summary>
        public bool IsOpen { get; set; }
    }
}
