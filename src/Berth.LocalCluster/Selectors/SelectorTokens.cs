namespace Berth.LocalCluster.Selectors;

/// <summary>The words and signs of a label selector, one after the other.</summary>
internal sealed class SelectorTokens
{
    private const string Signs = "=!(),<>";
    private readonly List<string> _tokens = [];
    private int _position;

    public SelectorTokens(string text)
    {
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            if (Signs.Contains(text[i], StringComparison.Ordinal))
            {
                i += text.AsSpan(i) is ['=' or '!', '=', ..] ? 2 : 1;
            }
            else
            {
                while (i < text.Length && !char.IsWhiteSpace(text[i]) && !Signs.Contains(text[i], StringComparison.Ordinal))
                    i++;
            }

            _tokens.Add(text[start..i]);
        }
    }

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
        !AtEnd && !Signs.Contains(Peek[0], StringComparison.Ordinal) ? Next() : throw ApiException.BadRequest($"found '{Peek}', expected: {expected}");

    /// <summary>The value of an equality; one that is left out is the empty value.</summary>
    public string Value() => AtEnd || Peek == "," ? "" : Identifier("identifier");

    public IReadOnlyList<string> Values()
    {
        Expect("(");
        var values = new List<string>();
        do
        {
            values.Add(Peek is ")" or "," ? "" : Identifier("',', ')' or identifier"));
        }
        while (Accept(","));
        Expect(")");
        return values;
    }

    /// <summary>Whether another requirement follows.</summary>
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
            throw ApiException.BadRequest($"found '{Peek}', expected: '{token}'");
    }
}
