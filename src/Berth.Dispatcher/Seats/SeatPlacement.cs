using Berth.Dispatcher.State;
using Berth.Pods;

namespace Berth.Dispatcher.Seats;

/// <summary>Chooses the desk that is asked next.</summary>
internal static class SeatPlacement
{
    /// <summary>Returns the next desk that is believed to have room and has not been asked, or null.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="links">The desks by ordinal; of several clusters those of the preferred one first.</param>
    /// <param name="seats">The number of seats.</param>
    /// <param name="key">The client's key, or null.</param>
    /// <param name="cluster">The cluster that the client asks for, or null.</param>
    /// <param name="asked">The desks that were asked before.</param>
    /// <param name="random">The source of chance.</param>
    public static DeskLink? Next(
        SeatPolicy policy, IReadOnlyList<DeskLink> links, int seats, string? key, string? cluster, IReadOnlyCollection<DeskLink> asked,
        Random random)
    {
        if (policy == SeatPolicy.LowestOrdinal && cluster is null)
            return links.FirstOrDefault(link => IsCandidate(link, seats, asked));
        DeskLink[] candidates = InFirstCluster([.. links.Where(link => IsCandidate(link, seats, asked))], cluster);
        if (policy == SeatPolicy.LowestOrdinal)
            return candidates.FirstOrDefault();
        if (candidates.Length < 2)
            return candidates.FirstOrDefault();
        return policy == SeatPolicy.Sticky && key is not null ? FirstOf(candidates, key) : BetterOfTwo(candidates, random);
    }

    /// <summary>The desks in the requested cluster, or in the first cluster that has any.</summary>
    private static DeskLink[] InFirstCluster(DeskLink[] candidates, string? asked)
    {
        if (candidates.Length == 0 || candidates[0].Endpoint.Cluster is not { } first)
            return candidates;
        string wanted = candidates.FirstOrDefault(link => asked is not null && ClusterOrder.IsIn(link.Endpoint.Cluster, asked))
            ?.Endpoint.Cluster ?? first;
        return [.. candidates.Where(link => link.Endpoint.Cluster == wanted)];
    }

    private static bool IsCandidate(DeskLink link, int seats, IReadOnlyCollection<DeskLink> asked) =>
        link.Endpoint.IsAvailable && link.State is not null && link.Free >= seats && !asked.Contains(link);

    // The score is that of StickyPicker, so that GET /?key= and seats with this key use the same pod while it has room.
    private static DeskLink FirstOf(DeskLink[] candidates, string key)
    {
        ulong hash = KeyHash.Of(key);
        return candidates.MaxBy(link => (KeyHash.Mix(hash ^ link.Endpoint.NameHash), -link.Endpoint.Ordinal))!;
    }

    private static DeskLink BetterOfTwo(DeskLink[] candidates, Random random)
    {
        int first = random.Next(candidates.Length);
        int second = random.Next(candidates.Length - 1);
        second += second >= first ? 1 : 0;
        return candidates[first].Free >= candidates[second].Free ? candidates[first] : candidates[second];
    }
}
