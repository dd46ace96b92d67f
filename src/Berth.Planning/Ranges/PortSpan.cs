namespace Berth.Planning.Ranges;

/// <summary>The ports first, first + stride, ... of one named port of a workload: one for each pod, or one for all.</summary>
/// <param name="Name">The port's name, or empty.</param>
/// <param name="First">The port of the first ordinal.</param>
/// <param name="Stride">The distance between two ordinals; 0 when all pods have one port.</param>
/// <param name="Count">The number of pods, at least 1.</param>
/// <param name="Protocol">The protocol, or null when none is stated: then it may be any.</param>
/// <param name="HostIP">The only address of the node that the ports are taken at; null for all of them.</param>
internal readonly record struct PortSpan(
    string Name, long First, int Stride, int Count, string? Protocol, string? HostIP = null)
{
    /// <summary>The port of the last pod. It may be above 65535.</summary>
    public long Last => First + ((long)Stride * (Count - 1));

    /// <summary>Returns the lowest port that both have, or null.</summary>
    public long? FindCommon(PortSpan other)
    {
        if (Protocol is not null && other.Protocol is not null && Protocol != other.Protocol)
            return null;
        if (HostIP is not null && other.HostIP is not null && HostIP != other.HostIP)
            return null;
        long first = Math.Max(First, other.First);
        long last = Math.Min(Last, other.Last);
        if (first > last)
            return null;

        // The wider stride has the fewer candidates.
        (PortSpan few, PortSpan many) = Stride == 0 || (other.Stride > 0 && Stride >= other.Stride) ? (this, other) : (other, this);
        int step = Math.Max(1, few.Stride);
        long at = few.First + ((Math.Max(0, first - few.First) + step - 1) / step * step);
        for (; at <= last; at += step)
        {
            if (few.Contains(at) && many.Contains(at))
                return at;
        }

        return null;
    }

    /// <summary>Returns the lowest port within a closed range, or null.</summary>
    public long? FindWithin(long first, long last)
    {
        if (Last < first || First > last)
            return null;
        if (First >= first)
            return First;
        if (Stride == 0)
            return null;
        long at = First + ((first - First + Stride - 1) / Stride * Stride);
        return at <= last && at <= Last ? at : null;
    }

    public bool Contains(long port) => port >= First && port <= Last && (Stride == 0 ? port == First : (port - First) % Stride == 0);

    /// <summary>Returns <c>4000</c>, <c>4000..4009</c> or <c>4000..4090 by 10</c>, with the protocol and the address.</summary>
    public override string ToString()
    {
        string ports = Count == 1 || Stride == 0 ? Format(First)
            : Stride == 1 ? $"{Format(First)}..{Format(Last)}"
            : $"{Format(First)}..{Format(Last)} by {Format(Stride)}";
        return $"{ports}{(Protocol is null ? "" : "/" + Protocol)}{(HostIP is null ? "" : " at " + HostIP)}";
    }

    private static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}
