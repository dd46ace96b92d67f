using System.Diagnostics.CodeAnalysis;

namespace Berth.Ports;

/// <summary>Moves a list of bases by an ordinal.</summary>
internal static class OrdinalPorts
{
    public static bool TryShift(
        IReadOnlyList<EndpointPort> bases, int? ordinal, int stride, out IReadOnlyList<EndpointPort> ports,
        [NotNullWhen(false)] out string? reason)
    {
        ports = [];
        if (ordinal is not { } number)
        {
            reason = "the pod's name has no ordinal, so no port follows from it";
            return false;
        }

        EndpointPort[] moved = new EndpointPort[bases.Count];
        for (int i = 0; i < moved.Length; i++)
        {
            if (!PortRange.TryCompute(bases[i].Number, number, stride, out int port, out reason))
            {
                reason ??= "the port is out of range";
                return false;
            }

            moved[i] = bases[i] with { Number = port };
        }

        ports = moved;
        reason = null;
        return true;
    }
}
