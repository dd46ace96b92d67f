using System.Buffers;

namespace Berth.Remote.Wire;

/// <summary>
/// A position in JSON of the plain form: no white space, and texts of visible ASCII without an escape. A step that finds something else
/// fails.
/// </summary>
internal ref struct PlainCursor(ReadOnlySpan<byte> json)
{
    // Numbers of pods and of ports are shorter.
    private const int MaxDigits = 9;

    private static readonly SearchValues<byte> s_plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private ReadOnlySpan<byte> _rest = json;

    /// <summary>The number of remaining bytes.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Passes these bytes.</summary>
    public bool TryPass(ReadOnlySpan<byte> literal)
    {
        if (!_rest.StartsWith(literal))
            return false;
        _rest = _rest[literal.Length..];
        return true;
    }

    /// <summary>Reads a text, quotes included.</summary>
    public bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        return TryPass("\""u8) && TryRestOfText(out text);
    }

    /// <summary>Passes these bytes, and reads the text that follows.</summary>
    public bool TryText(ReadOnlySpan<byte> before, out ReadOnlySpan<byte> text)
    {
        text = default;
        return TryPass(before) && TryText(out text);
    }

    /// <summary>Passes these bytes, and reads the text or null that follows. Null is empty.</summary>
    public bool TryTextOrNull(ReadOnlySpan<byte> before, out ReadOnlySpan<byte> text)
    {
        text = default;
        return TryPass(before) && (TryText(out text) || TryPass("null"u8));
    }

    /// <summary>Passes these bytes, and reads the whole number that follows, 0 or more.</summary>
    public bool TryNumber(ReadOnlySpan<byte> before, out int number)
    {
        number = 0;
        return TryPass(before) && TryNumber(out number);
    }

    /// <summary>Passes these bytes, and reads the true or false that follows.</summary>
    public bool TryFlag(ReadOnlySpan<byte> before, out bool flag)
    {
        flag = false;
        return TryPass(before) && TryFlag(out flag);
    }

    private bool TryNumber(out int number)
    {
        number = 0;
        int length = 0;
        while (length < _rest.Length && length < MaxDigits && _rest[length] is >= (byte)'0' and <= (byte)'9')
            number = (number * 10) + _rest[length++] - '0';
        if (length == 0 || (length > 1 && _rest[0] == '0'))
            return false;
        _rest = _rest[length..];
        return true;
    }

    private bool TryFlag(out bool flag)
    {
        flag = TryPass("true"u8);
        return flag || TryPass("false"u8);
    }

    private bool TryRestOfText(out ReadOnlySpan<byte> text)
    {
        int end = _rest.IndexOfAnyExcept(s_plain);
        text = end < 0 ? default : _rest[..end];
        if (end < 0 || _rest[end] != '"')
            return false;
        _rest = _rest[(end + 1)..];
        return true;
    }
}
