using System.Diagnostics.CodeAnalysis;

namespace Berth.Ports;

/// <summary>The range of ports and strides, and the only computation of a port.</summary>
internal static class PortRange
{
    public const int Min = 1;
    public const int Max = 65535;

    /// <exception cref="ArgumentOutOfRangeException">The base is outside 1..65535.</exception>
    public static int CheckBase(int basePort, string parameter) => basePort is >= Min and <= Max
        ? basePort
        : throw new ArgumentOutOfRangeException(
            parameter, basePort, $"The base port {basePort} is outside {Min}..{Max}. Choose a base in that range.");

    /// <exception cref="ArgumentOutOfRangeException">The stride is below 1, or above 65535.</exception>
    public static int CheckStride(int stride, string parameter) => stride is >= 1 and <= Max
        ? stride
        : throw new ArgumentOutOfRangeException(
            parameter, stride, $"The stride {stride} is outside 1..{Max}. It is the number of ports each pod owns; choose 1 or more.");

    /// <summary>base + ordinal x stride: the rule of Berth.</summary>
    public static long Compute(int basePort, int ordinal, int stride) => basePort + ((long)ordinal * stride);

    /// <summary>base + ordinal x stride, or 0 with a reason when that is no port.</summary>
    public static bool TryCompute(int basePort, int ordinal, int stride, out int port, [NotNullWhen(false)] out string? reason)
    {
        long computed = Compute(basePort, ordinal, stride);
        reason = computed > Max ? $"port {basePort} + {ordinal} x {stride} = {computed} is above {Max}"
            : computed < Min ? $"port {basePort} + {ordinal} x {stride} = {computed} is below {Min}"
            : null;
        port = reason is null ? (int)computed : 0;
        return reason is null;
    }
}
