namespace Berth.Planning.Workloads;

/// <summary>The NodePort range that a cluster's API server states, if its pods are read.</summary>
internal static class NodePortRange
{
    private const string Option = "--service-node-port-range=";

    /// <summary>Finds the range in the arguments of the API server's pods, or returns null.</summary>
    public static PlanRange? Find(IReadOnlyList<Workload> workloads)
    {
        foreach (Workload workload in workloads)
        {
            if (workload.Object is not { Kind: "Pod", Namespace: "kube-system" })
                continue;
            foreach ((string text, _) in workload.Containers.SelectMany(static container => container.Words))
            {
                if (text.StartsWith(Option, StringComparison.Ordinal) && Parse(text[Option.Length..]) is { } range)
                    return range;
            }
        }

        return null;
    }

    /// <summary>Reads <c>30000-32767</c> and <c>30000+2767</c>, as the API server does.</summary>
    private static PlanRange? Parse(string text)
    {
        int at = text.IndexOfAny(['-', '+']);
        if (at < 0 || !int.TryParse(text[..at], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            || !int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int second))
            return null;
        int last = text[at] == '+' ? first + second : second;
        return first >= 1 && last >= first && last <= 65535 ? new PlanRange(first, last) : null;
    }
}
