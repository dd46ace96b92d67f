using Berth.Planning.Ranges;
using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>The ports above each range of a set, up to the next range on a node that both can reach.</summary>
internal sealed class Rooms
{
    private readonly PlanContext _context;
    private readonly List<(Workload Workload, PortSpan Span)> _byFirst;

    public Rooms(PlanContext context)
    {
        _context = context;
        _byFirst =
        [
            .. context.Workloads.SelectMany(static workload => workload.Spans.Select(span => (workload, span)))
                .OrderBy(static claim => claim.span.First),
        ];
    }

    /// <summary>The ranges of sets, by their first port, each with its position for <see cref="FindNext"/>.</summary>
    public IEnumerable<(Workload Workload, PortSpan Span, int Index)> OfSets =>
        _byFirst.Select(static (claim, index) => (claim.Workload, claim.Span, index)).Where(static claim => claim.Span.Stride > 0);

    /// <summary>Finds the next range that a set meets when it grows.</summary>
    /// <param name="index">The position of the set's range.</param>
    /// <param name="pods">The most pods to grow by.</param>
    public (Workload Workload, PortSpan Span)? FindNext(int index, int pods)
    {
        (Workload workload, PortSpan span) = _byFirst[index];
        PortSpan grown = span with { First = span.Last + span.Stride, Count = pods };
        for (int j = index + 1; j < _byFirst.Count && _byFirst[j].Span.First <= grown.Last; j++)
        {
            (Workload other, PortSpan next) = _byFirst[j];
            if (other != workload && next.First > span.Last && grown.FindCommon(next) is not null
                && _context.Reach.CanShare(workload, other))
                return _byFirst[j];
        }

        return null;
    }

    /// <summary>The number of pods that a range can grow by, up to the next range, the ranges of nodes, or 65535.</summary>
    public int PodsAbove(int index)
    {
        const int MaxPort = 65535;
        PortSpan span = _byFirst[index].Span;
        PlanRange?[] ofNodes = [_context.Options.NodePorts, _context.Options.Ephemeral];
        long limit = ofNodes.OfType<PlanRange>().Concat(_context.Options.Reserved)
            .Where(range => range.First > span.Last).Select(static range => (long)range.First - 1).DefaultIfEmpty(MaxPort).Min();
        if (FindNext(index, MaxPort) is { } next)
            limit = Math.Min(limit, next.Span.First - 1);
        return (int)Math.Max(0, (limit - span.Last) / span.Stride);
    }
}
