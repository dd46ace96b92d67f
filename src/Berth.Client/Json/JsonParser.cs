using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Berth.Client.Json
{
    /// <summary>Reads a JSON text (RFC 8259) into nodes. It refuses the same texts as the standard.</summary>
    internal ref struct JsonParser
    {
        // Answers have about eight levels.
        private const int MaxDepth = 64;

        private readonly string _text;
        private int _at;

        private JsonParser(string text)
        {
            _text = text;
            _at = 0;
        }

        /// <summary>Reads a whole text.</summary>
        /// <exception cref="FormatException">It is not JSON; the message is a clause with the position.</exception>
        public static JsonNode Parse(string text)
        {
            JsonParser parser = new(text);
            JsonNode node = parser.ReadValue(0);
            parser.PassSpace();
            return parser._at == text.Length ? node : throw parser.Fault("something follows the value");
        }

        private JsonNode ReadValue(int depth)
        {
            if (depth > MaxDepth)
                throw Fault("it is nested too deeply");
            PassSpace();
            switch (Peek())
            {
                case '{':
                    return ReadObject(depth);
                case '[':
                    return ReadArray(depth);
                case '"':
                    return JsonNode.OfText(ReadText());
                case 't':
                    return ReadWord("true", JsonNode.True);
                case 'f':
                    return ReadWord("false", JsonNode.False);
                case 'n':
                    return ReadWord("null", JsonNode.Null);
                default:
                    return ReadNumber();
            }
        }

        private JsonNode ReadObject(int depth)
        {
            Dictionary<string, JsonNode> members = new(StringComparer.Ordinal);
            _at++;
            if (!TryPass('}'))
            {
                do
                {
                    PassSpace();
                    if (Peek() != '"')
                        throw Fault("a name is expected");
                    string name = ReadText();
                    if (!TryPass(':'))
                        throw Fault("a colon is expected");
                    members[name] = ReadValue(depth + 1);
                }
                while (TryPass(','));
                if (!TryPass('}'))
                    throw Fault("the object does not end");
            }

            return JsonNode.OfObject(members);
        }

        private JsonNode ReadArray(int depth)
        {
            List<JsonNode> items = new();
            _at++;
            if (!TryPass(']'))
            {
                do
                    items.Add(ReadValue(depth + 1));
                while (TryPass(','));
                if (!TryPass(']'))
                    throw Fault("the array does not end");
            }

            return JsonNode.OfArray(items);
        }

        private string ReadText()
        {
            int start = ++_at;
            while (Peek() != '"' && Peek() != '\\' && Peek() >= ' ')
                _at++;
            if (Peek() == '"')
                return _text[start.._at++];
            StringBuilder text = new(_text, start, _at - start, 64);
            while (Peek() != '"')
                text.Append(ReadCharacter());
            _at++;
            return text.ToString();
        }

        private char ReadCharacter()
        {
            char character = Peek();
            if (character < ' ')
                throw Fault("a text does not end, or contains a control character");
            _at++;
            if (character != '\\')
                return character;
            char escaped = Peek();
            _at++;
            return escaped switch
            {
                '"' or '\\' or '/' => escaped,
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => ReadCode(),
                _ => throw Fault("an escape is unknown"),
            };
        }

        private char ReadCode()
        {
            if (_text.Length - _at < 4 || !ushort.TryParse(
                _text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
                throw Fault("four hexadecimal digits are expected");
            _at += 4;
            return (char)code;
        }

        private JsonNode ReadNumber()
        {
            int start = _at;
            if (Peek() == '-')
                _at++;
            if (Peek() == '0')
                _at++;
            else
                PassDigits();
            if (Peek() == '.')
            {
                _at++;
                PassDigits();
            }

            if (Peek() is 'e' or 'E')
            {
                _at++;
                if (Peek() is '+' or '-')
                    _at++;
                PassDigits();
            }

            return JsonNode.OfNumber(_text[start.._at]);
        }

        private void PassDigits()
        {
            int start = _at;
            while (Peek() is >= '0' and <= '9')
                _at++;
            if (_at == start)
                throw Fault("a value is expected");
        }

        private JsonNode ReadWord(string word, JsonNode node)
        {
            if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
                throw Fault("a value is expected");
            _at += word.Length;
            return node;
        }

        private bool TryPass(char character)
        {
            PassSpace();
            if (Peek() != character)
                return false;
            _at++;
            return true;
        }

        private void PassSpace()
        {
            while (Peek() is ' ' or '\t' or '\r' or '\n')
                _at++;
        }

        // At the end it is a character that nothing allows.
        private readonly char Peek() => _at < _text.Length ? _text[_at] : '\0';

        private readonly FormatException Fault(string what) => new($"{what} at character {_at}");
    }
}
