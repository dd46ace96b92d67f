using System.Text.RegularExpressions;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Selectors;

/// <summary>Reads the words and signs of a label selector, one after the other.</summary>
internal sealed partial class SelectorTokens(string text)
{
    private const string Signs = "=!(),<>";
    private readonly List<string> _tokens = [.. Token().Matches(text).Select(match => match.Value)];
    private int _position;

    public bool AtEnd => _position >= _tokens.Count;
    public string Peek => AtEnd ? "" : _tokens[_position];

    public string Next() => AtEnd ? "" : _tokens[_position++];

    public bool Accept(string token)
    {
        if (Peek != token)
            return false;
        _position++;
        return true;
    }

    public string Identifier(string expected) =>
        !AtEnd && !Signs.Contains(Peek[0], StringComparison.Ordinal) ? Next() : throw Fault(expected);

    /// <summary>Returns the value of an equality. A missing value is the empty text.</summary>
    public string Value() => AtEnd || Peek == "," ? "" : Identifier("identifier");

    public IReadOnlyList<string> Values()
    {
        Expect("(");
        List<string> values = new();
        do
        {
            values.Add(Peek is ")" or "," ? "" : Identifier("',', ')' or identifier"));
        }
        while (Accept(","));
        Expect(")");
        return values;
    }

    /// <summary>True when another requirement follows.</summary>
    public bool NextSeparator()
    {
        if (AtEnd)
            return false;
        Expect(",");
        return true;
    }

    private void Expect(string token)
    {
        if (!Accept(token))
            throw Fault(token switch { ")" => "',' or ')'", "," => "',' or 'end of string'", _ => $"'{token}'" });
    }

    /// <summary>A real server names the requirement only inside of one.</summary>
    private ApiException Fault(string expected)
    {
        string within = expected.EndsWith("'end of string'", StringComparison.Ordinal) ? "" : "unable to parse requirement: ";
        string comma = expected == "'('" ? "" : ",";
        return ApiException.BadRequest($"{within}found '{Peek}'{comma} expected: {expected}");
    }

    [GeneratedRegex(@"[=!]=|[=!(),<>]|[^\s=!(),<>]+")]
    private static partial Regex Token();
}
