namespace Berth.Kubernetes.Model;

/// <summary>
/// The simple model: what a client must show for a state of the slices, computed only from that state. Each pod has a set of correct texts.
/// If one slice contains two processes of one name with equal rank, either is correct.
/// </summary>
internal static class ExpectedPods
{
    /// <summary>The pods of a state, each with the texts that are right for it.</summary>
    /// <param name="slices">The state.</param>
    /// <param name="address">Tells addresses of nodes.</param>
    /// <param name="shown">The pods that are shown: one that is held still counts among those of its set.</param>
    public static Dictionary<string, string[]> Of(IEnumerable<ClusterSlice> slices, AddressOfNode address, IEnumerable<string> shown)
    {
        IGrouping<string, (ClusterSlice Slice, ClusterEndpoint Endpoint)>[] pods = [.. slices.Where(static s => s.IsOurs)
            .SelectMany(static s => s.Endpoints.Select(e => (Slice: s, Endpoint: e)))
            .GroupBy(static x => x.Endpoint.Name ?? x.Endpoint.Address(x.Slice.IPv6), StringComparer.Ordinal)];
        // There are two sets, and one of them has the Service's name.
        bool isOwn = pods.Select(static pod => pod.Key).Concat(shown).Any(static name => IsClean(name) && IsOfService(name));
        return pods.ToDictionary(
            static g => g.Key, g => Winners(g).Select(w => Describe(g.Key, w, address, isOwn)).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The text of what the client shows, in the same form.</summary>
    public static Dictionary<string, string> Of(EndpointSnapshot snapshot) => snapshot.Endpoints
        .Select(
            static e => (
                e.Name, Text: $"{e.Uid} {string.Join(',', e.Addresses)}:{e.Port} {e.Ready} {e.Serving} {e.Terminating} {e.Node} {e.Zone}"))
        .Concat(snapshot.LeftOut.Select(static e => (e.Name, Text: e.Reason.ToString())))
        .ToDictionary(static e => e.Name, static e => e.Text, StringComparer.Ordinal);

    private static IEnumerable<Process> Winners(IEnumerable<(ClusterSlice Slice, ClusterEndpoint Endpoint)> stated)
    {
        Process[] processes = [.. stated.GroupBy(static s => s.Endpoint.Uid).Select(static g => new Process(g))];
        (bool Going, bool NotReady, long Age) best = processes.Min(static p => p.Rank);
        return processes.Where(p => p.Rank == best);
    }

    private static bool IsOfService(string name) => name[..name.LastIndexOf('-')] == Cluster.Service;

    private static bool IsClean(string name)
    {
        int dash = name.LastIndexOf('-');
        return dash > 0 && name[(dash + 1)..] is { Length: > 0 and < 9 } digits && digits.All(char.IsAsciiDigit)
            && (digits.Length == 1 || digits[0] != '0');
    }

    private static string Describe(string key, Process process, AddressOfNode address, bool isOwn)
    {
        ClusterEndpoint e = process.Newest;
        if (e.Name is null)
            return nameof(LeftOutReason.NoName);
        if (!IsClean(key))
            return nameof(LeftOutReason.NoOrdinal);
        if (isOwn && !IsOfService(key))
            return nameof(LeftOutReason.OtherSet);
        int port = 3000 + int.Parse(key[(key.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        if (port > 65535)
            return nameof(LeftOutReason.PortOutOfRange);
        string addresses = address(e.NodeName, string.Join(',', process.Families.Order().Select(e.Address)));
        // In the other address mode, the addresses of the node replace those of the slices, also when the node has none.
        return addresses.Contains('.', StringComparison.Ordinal) || addresses.Contains(':', StringComparison.Ordinal)
            ? $"{e.Uid} {addresses}:{port} {e.Ready} {e.Serving} {e.Terminating} {e.NodeName} {e.Zone}"
            : addresses;
    }

    /// <summary>
    /// All endpoints with one UID: the newest slice counts, and an address of either family stays if any slice states it.
    /// </summary>
    private sealed class Process(IEnumerable<(ClusterSlice Slice, ClusterEndpoint Endpoint)> stated)
    {
        private readonly (ClusterSlice Slice, ClusterEndpoint Endpoint)[] _stated = [.. stated.OrderBy(static s => s.Slice.Version)];

        public ClusterEndpoint Newest => _stated[^1].Endpoint;

        public IEnumerable<bool> Families => _stated.Select(static s => s.Slice.IPv6).Distinct();

        public (bool Going, bool NotReady, long Age) Rank =>
            (Newest.Terminating, !(Newest.Ready && Newest.Serving), -_stated[^1].Slice.Version);
    }
}

/// <summary>Gives the addresses under which pods of a node are reached, or the reason why they are not.</summary>
/// <param name="node">The node.</param>
/// <param name="stated">The addresses that the slices state.</param>
internal delegate string AddressOfNode(string node, string stated);
