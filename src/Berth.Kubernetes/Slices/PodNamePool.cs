using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Reads pods' names so that the pods of a set share what their names begin with.</summary>
internal sealed class PodNamePool
{
    private readonly Utf8Pool<PodNamePrefix> _prefixes = new(static text => new PodNamePrefix(text), static prefix => prefix.Text);

    /// <summary>Reads a name; what is not a set's name, a dash and an ordinal is kept as it is.</summary>
    public PodName Read(ReadOnlySpan<byte> utf8, string field)
    {
        int dash = utf8.LastIndexOf((byte)'-');
        return dash > 0 && utf8[dash - 1] is not ((byte)'-' or (byte)'.') && TryReadNumber(utf8[(dash + 1)..], out int number)
            ? new PodName(_prefixes.Get(utf8[..(dash + 1)], field), number)
            : new PodName(Utf8Text.Read(utf8, field), 0);
    }

    /// <summary>Only a number that is written back as it was read; as <see cref="PodOrdinal"/> has it.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out int number)
    {
        long value = 0;
        number = 0;
        if (digits.IsEmpty || digits.Length > PodNamePrefix.MaxDigits || (digits[0] == '0' && digits.Length > 1))
            return false;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + digit - '0';
        }

        number = (int)Math.Min(value, int.MaxValue);
        return value <= int.MaxValue;
    }
}
