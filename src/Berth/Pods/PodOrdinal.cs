using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Berth;

/// <summary>Reads the ordinal of a StatefulSet's pod from its name.</summary>
/// <remarks>
/// A StatefulSet names its pods <c>set-ordinal</c>, the ordinal in decimal without leading zeros
/// (<see href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity">StatefulSet, Pod Identity</see>).
/// A name of any other form has no ordinal: none is ever guessed, and none becomes 0.
/// </remarks>
public static class PodOrdinal
{
    /// <summary>Reads the ordinal.</summary>
    /// <param name="podName">The pod's name, such as <c>service-b-2</c>.</param>
    /// <param name="ordinal">The ordinal, 0 or more; 0 on failure, where it means nothing.</param>
    /// <param name="reason">On failure, why the name has none: a clause without a full stop.</param>
    public static bool TryParse([NotNullWhen(true)] string? podName, out int ordinal, [NotNullWhen(false)] out string? reason)
    {
        ordinal = 0;
        if (string.IsNullOrEmpty(podName))
        {
            reason = "the pod has no name";
            return false;
        }

        int dash = podName.LastIndexOf('-');
        ReadOnlySpan<char> digits = podName.AsSpan(dash + 1);
        reason = dash < 0 ? $"'{podName}' has no '-' before an ordinal"
            : dash == 0 || podName[dash - 1] is '-' or '.' ? $"'{podName}' has no StatefulSet name before the ordinal"
            : digits.IsEmpty ? $"'{podName}' ends with '-' where the ordinal should be"
            : !AreDigits(digits) ? $"'{podName}' does not end with '-' and a number"
            : digits.Length > 1 && digits[0] == '0' ? $"'{podName}' has an ordinal with leading zeros, which no StatefulSet gives"
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ordinal) ? null
            : $"'{podName}' has an ordinal above {int.MaxValue}";
        return reason is null;
    }

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
        }

        return true;
    }
}
