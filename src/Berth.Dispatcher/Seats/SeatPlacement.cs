using Berth.Dispatcher.State;
using Berth.Pods;
using Berth.Seats.Wire;

namespace Berth.Dispatcher.Seats;

/// <summary>Chooses the desk that is asked next.</summary>
internal static class SeatPlacement
{
    /// <summary>Returns the next desk that is believed to have room and has not been asked, or null.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="links">The desks by ordinal; of several clusters those of the preferred one first.</param>
    /// <param name="request">The request.</param>
    /// <param name="cluster">The cluster that the client asks for, or null.</param>
    /// <param name="asked">The desks that were asked before.</param>
    /// <param name="random">The source of chance.</param>
    public static DeskLink? Next(
        SeatPolicy policy, IReadOnlyList<DeskLink> links, ReserveMessage request, string? cluster, IReadOnlyCollection<DeskLink> asked,
        Random random)
    {
        if (policy == SeatPolicy.LowestOrdinal && cluster is null)
            return links.FirstOrDefault(link => IsCandidate(link, request.Seats, asked));
        DeskLink[] candidates = InFirstCluster([.. links.Where(link => IsCandidate(link, request.Seats, asked))], cluster);
        if (policy == SeatPolicy.LowestOrdinal)
            return candidates.FirstOrDefault();
        if (candidates.Length < 2)
            return candidates.FirstOrDefault();
        if (policy == SeatPolicy.Sticky && request.Key is { } key)
            return FirstOf(candidates, key);
        return request.IdempotencyKey is { } again ? BetterOfKey(candidates, again) : BetterOfTwo(candidates, random);
    }

    /// <summary>True when a desk is believed to have so many free seats.</summary>
    public static bool HasRoom(DeskLink link, long seats) =>
        link.Endpoint.IsAvailable && link.State is not null && link.Free >= seats;

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
        HasRoom(link, seats) && !asked.Contains(link);

    // The score is that of StickyPicker, so that GET /?key= and seats with this key use the same pod while it has room.
    private static DeskLink FirstOf(DeskLink[] candidates, string key)
    {
        ulong hash = KeyHash.Of(key);
        return candidates.MaxBy(link => (KeyHash.Mix(hash ^ link.Endpoint.NameHash), -link.Endpoint.Ordinal))!;
    }

    /// <summary>
    /// Returns one of two desks that the idempotency key chooses. A client may repeat its request through another dispatcher, which does
    /// not know of the first request yet, and must reach the same desk. The counts of the two dispatchers differ by the requests of a few
    /// milliseconds, so only a clear difference decides.
    /// </summary>
    private static DeskLink BetterOfKey(DeskLink[] candidates, string key)
    {
        DeskLink first = FirstOf(candidates, key);
        DeskLink second = FirstOf([.. candidates.Where(link => link != first)], key);
        return second.Free - first.Free > (second.State?.Capacity ?? 0) / 4 ? second : first;
    }

    private static DeskLink BetterOfTwo(DeskLink[] candidates, Random random)
    {
        int first = random.Next(candidates.Length);
        int second = random.Next(candidates.Length - 1);
        second += second >= first ? 1 : 0;
        return candidates[first].Free >= candidates[second].Free ? candidates[first] : candidates[second];
    }
}
