using System.Text;

namespace Berth.Manifests;

/// <summary>
/// Writes a text that YamlDotNet refuses because of its layout so that it takes it, with the same values in the same lines. YAML 1.1 asks
/// nothing of the indentation inside brackets and quotes; kubectl's reader follows it, YamlDotNet asks for more than that of the key. It
/// also refuses a comment directly behind a bracket or a block scalar's header, and a dash alone in brackets.
/// Only blanks are added, and quotes around such a dash. A text that YamlDotNet takes is never changed.
/// </summary>
internal sealed class YamlLayout
{
    private const int Allowance = 64 * 1024;
    private readonly string _text;
    private readonly StringBuilder _mended = new();
    private int _at;
    private int _copied;
    private int _lineStart;
    private int _depth;
    // The columns of the line's last dash, and of what stands first behind the dashes: what is in brackets or quotes begins further right.
    private int _dash;
    private int _first;
    private bool _isTooMuch;

    private YamlLayout(string text) => _text = text;

    /// <summary>The text as YamlDotNet takes it, or null when its layout is not what is wrong with it.</summary>
    public static string? Mend(string text)
    {
        YamlLayout layout = new(text);
        return layout.TryMend() && layout._copied > 0 ? layout._mended.Append(text, layout._copied, text.Length - layout._copied).ToString()
            : null;
    }

    private static ReadOnlySpan<char> Closing => ",]}";

    private static ReadOnlySpan<char> Brackets => ",[]{}";

    private char Here => At(0);

    private char Next => At(1);

    private int Column => _at - _lineStart;

    private bool TryMend()
    {
        BeginLine(0);
        while (_at < _text.Length && !_isTooMuch)
        {
            if (!TryToken())
                return false;
        }

        return !_isTooMuch;
    }

    private bool TryToken()
    {
        char here = Here;
        if (here == '\n' && _depth > 0)
            return TryContinue();
        if (here == '\n')
            BeginLine(_at + 1);
        else if (char.IsWhiteSpace(here))
            _at++;
        else if (Column == 0 && _depth == 0 && _text.AsSpan(_at).StartsWith("---") && char.IsWhiteSpace(At(3)))
            _at += 3;
        else if (here == '#' && (Column == 0 || char.IsWhiteSpace(At(-1))))
            SkipLine();
        else if (_first < 0 && here is '-' or '?' && char.IsWhiteSpace(Next) && _depth == 0)
            _dash = _at++ - _lineStart;
        else
            return TryValue(here);
        return true;
    }

    private bool TryValue(char here)
    {
        if (_first < 0)
            _first = Column;
        switch (here)
        {
            case '"' or '\'':
                return TryQuoted(here);
            case '[' or '{':
                _depth++;
                _at++;
                return true;
            case ']' or '}' when _depth > 0:
                _depth--;
                _at++;
                if (Here == '#')
                    Insert(" ");
                return true;
            case '&' or '*' or '!':
                while (!char.IsWhiteSpace(Here) && !(_depth > 0 && Closing.Contains(Here)))
                    _at++;
                return true;
            case '|' or '>' when _depth == 0:
                SkipBlock();
                return true;
            case ',' or ':' when _depth > 0 || char.IsWhiteSpace(Next):
                _at++;
                return true;
            case '-' when _depth > 0 && (Next == ':' || Closing.Contains(Next)):
                Insert("\"");
                _at++;
                Insert("\"");
                return true;
            default:
                SkipPlain();
                return true;
        }
    }

    private void SkipPlain()
    {
        do
        {
            _at++;
        }
        while (!(Here == '\n' || EndsKey() || (Here == '#' && char.IsWhiteSpace(At(-1))) || (_depth > 0 && Brackets.Contains(Here))));
    }

    private bool EndsKey() => Here == ':' && (char.IsWhiteSpace(Next) || (_depth > 0 && Closing.Contains(Next)));

    private char At(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\n';

    private bool TryQuoted(char quote)
    {
        _at++;
        while (_at < _text.Length && !_isTooMuch)
        {
            char here = Here;
            if (here == '\n')
            {
                if (!TryContinue())
                    return false;
            }
            else if (here == quote && !(quote == '\'' && Next == quote))
            {
                _at++;
                return true;
            }
            else if (here == '\u0085')
            {
                _at++;
                Insert(new string(' ', _first + 1));
            }
            else
            {
                bool isPair = here == quote || (here == '\\' && quote == '"' && Next != '\n');
                _at += isPair ? 2 : 1;
            }
        }

        return false;
    }

    /// <summary>Passes over a block scalar: its lines are those that are indented as its first one.</summary>
    private void SkipBlock()
    {
        int parent = _first == Column ? _dash : _first;
        while (Here is not ('\n' or '#' or ' '))
            _at++;
        if (Here == '#')
            Insert(" ");
        SkipLine();
        int content = -1;
        while (_at < _text.Length)
        {
            int end = _text.IndexOf('\n', _at + 1);
            string line = _text[(_at + 1)..(end < 0 ? _text.Length : end)];
            int indentation = line.Length - line.TrimStart(' ').Length;
            bool isBlank = string.IsNullOrWhiteSpace(line);
            if (!isBlank && content < 0)
                content = Math.Max(indentation, parent + 1);
            if (!isBlank && indentation < content)
                return;
            _at = end < 0 ? _text.Length : end;
        }
    }

    private void SkipLine()
    {
        while (Here != '\n')
            _at++;
    }

    /// <summary>Goes to the next line inside brackets or quotes. It gets the blanks that it lacks.</summary>
    private bool TryContinue()
    {
        _lineStart = ++_at;
        ReadOnlySpan<char> rest = _text.AsSpan(_at);
        if (rest.StartsWith("---") || rest.StartsWith("..."))
            return false;
        int blanks = rest.Length - rest.TrimStart(' ').Length;
        if (blanks <= _first && blanks < rest.Length && rest[blanks] is not ('\n' or '\r'))
            Insert(new string(' ', _first + 1 - blanks));
        return true;
    }

    private void BeginLine(int at)
    {
        _lineStart = _at = at;
        _dash = _first = -1;
    }

    private void Insert(string what)
    {
        // A text of one wide line and many short ones would become as large as their product.
        _isTooMuch |= _mended.Length > (2L * _text.Length) + Allowance;
        if (_isTooMuch)
            return;
        _mended.Append(_text, _copied, _at - _copied).Append(what);
        _copied = _at;
    }
}
