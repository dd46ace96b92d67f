using System.Globalization;

namespace Berth.Pods;

/// <summary>The text of a pod's name in two parts, for comparisons that create no string.</summary>
internal readonly ref struct PodNameText(ReadOnlySpan<char> head, ReadOnlySpan<char> tail)
{
    private readonly ReadOnlySpan<char> _head = head;
    private readonly ReadOnlySpan<char> _tail = tail;

    /// <param name="name">The name.</param>
    /// <param name="digits">The space for the digits of its number.</param>
    public static PodNameText Of(PodName name, Span<char> digits)
    {
        if (name.Prefix is null)
            return new PodNameText(name.Text, default);
        name.Number.TryFormat(digits, out int written, default, CultureInfo.InvariantCulture);
        return new PodNameText(name.Prefix.Text, digits[..written]);
    }

    public int Length => _head.Length + _tail.Length;

    /// <summary>Compares by the numbers of the characters (ordinal comparison), which is the order of a snapshot.</summary>
    public int Compare(PodNameText other)
    {
        int common = Math.Min(_head.Length, other._head.Length);
        int order = _head[..common].SequenceCompareTo(other._head[..common]);
        for (int i = common; order == 0 && i < Math.Min(Length, other.Length); i++)
            order = At(i) - other.At(i);
        return order != 0 ? order : Length - other.Length;
    }

    private char At(int index) => index < _head.Length ? _head[index] : _tail[index - _head.Length];
}
