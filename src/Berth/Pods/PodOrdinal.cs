using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Berth;

/// <summary>Reads the ordinal of a StatefulSet's pod from its name.</summary>
/// <remarks>
/// A StatefulSet names its pods <c>set-ordinal</c>, the ordinal in decimal without leading zeros (<see
/// href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity">StatefulSet, Pod Identity</see>). A name of
/// any other form has no ordinal. Berth never guesses one, and never uses 0 instead.
/// </remarks>
public static class PodOrdinal
{
    /// <summary>Digits of the largest ordinal.</summary>
    internal const int MaxDigits = 10;

    internal enum Fault
    {
        None,
        NoName,
        NoDash,
        NoSet,
        NoDigits,
        NoNumber,
        LeadingZero,
        TooLarge,
    }

    /// <summary>Reads the ordinal.</summary>
    /// <param name="podName">The pod's name, such as <c>service-b-2</c>.</param>
    /// <param name="ordinal">The ordinal, 0 or more. On failure it is 0, without a meaning.</param>
    /// <param name="reason">On failure, why the name has none: a clause without a full stop.</param>
    public static bool TryParse([NotNullWhen(true)] string? podName, out int ordinal, [NotNullWhen(false)] out string? reason)
    {
        reason = Split(podName, out _, out ordinal) switch
        {
            Fault.None => null,
            Fault.NoName => "the pod has no name",
            Fault.NoDash => $"'{podName}' has no '-' before an ordinal",
            Fault.NoSet => $"'{podName}' has no StatefulSet name before the ordinal",
            Fault.NoDigits => $"'{podName}' ends with '-' where the ordinal should be",
            Fault.NoNumber => $"'{podName}' does not end with '-' and a number",
            Fault.LeadingZero => $"'{podName}' has an ordinal with leading zeros, which no StatefulSet gives",
            _ => $"'{podName}' has an ordinal above {int.MaxValue}",
        };
        return podName is not null && reason is null;
    }

    /// <summary>Reads the stem and the ordinal of a name that has an ordinal.</summary>
    /// <param name="podName">The name.</param>
    /// <param name="stem">The part before the dash: the name of the StatefulSet.</param>
    /// <param name="ordinal">The ordinal, or 0.</param>
    internal static bool TryReadStem(ReadOnlySpan<char> podName, out ReadOnlySpan<char> stem, out int ordinal)
    {
        bool isSplit = Split(podName, out int prefix, out ordinal) == Fault.None;
        stem = isSplit ? podName[..(prefix - 1)] : default;
        return isSplit;
    }

    /// <summary>Splits a name before its ordinal.</summary>
    /// <param name="name">The name.</param>
    /// <param name="prefix">The length of the part before the ordinal, including the dash.</param>
    /// <param name="ordinal">The ordinal, or 0.</param>
    internal static Fault Split(ReadOnlySpan<char> name, out int prefix, out int ordinal) => Split<char>(name, out prefix, out ordinal);

    /// <summary>Splits a name in UTF-8 in the same way.</summary>
    internal static bool TrySplit(ReadOnlySpan<byte> utf8, out int prefix, out int ordinal) =>
        Split<byte>(utf8, out prefix, out ordinal) == Fault.None;

    private static Fault Split<TCharacter>(ReadOnlySpan<TCharacter> name, out int prefix, out int ordinal)
        where TCharacter : unmanaged, IBinaryInteger<TCharacter>
    {
        ordinal = 0;
        prefix = name.LastIndexOf(TCharacter.CreateTruncating('-')) + 1;
        if (name.IsEmpty)
            return Fault.NoName;
        if (prefix == 0)
            return Fault.NoDash;
        if (prefix == 1 || int.CreateTruncating(name[prefix - 2]) is '-' or '.')
            return Fault.NoSet;
        ReadOnlySpan<TCharacter> digits = name[prefix..];
        if (digits.IsEmpty)
            return Fault.NoDigits;
        long value = 0;
        foreach (TCharacter character in digits)
        {
            int digit = int.CreateTruncating(character) - '0';
            if (digit is < 0 or > 9)
                return Fault.NoNumber;
            // Above the largest ordinal, only check that the rest are digits.
            if (value <= int.MaxValue)
                value = (value * 10) + digit;
        }

        if (digits.Length > 1 && int.CreateTruncating(digits[0]) == '0')
            return Fault.LeadingZero;
        if (value > int.MaxValue)
            return Fault.TooLarge;
        ordinal = (int)value;
        return Fault.None;
    }
}
