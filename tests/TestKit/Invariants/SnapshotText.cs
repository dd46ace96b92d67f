namespace Berth.TestKit.Invariants;

/// <summary>A snapshot as one short line, so that a test can name the whole states that are legal.</summary>
public static class SnapshotText
{
    /// <summary>
    /// The names in order, with the state of those that are not ready, then those left out with a "!": <c>b-0 b-1:NotReady !web</c>;
    /// <c>(empty)</c>.
    /// </summary>
    public static string Of(EndpointSnapshot snapshot)
    {
        IEnumerable<string> pods = snapshot.Endpoints.Select(static e => e.State == PodState.Ready ? e.Name : $"{e.Name}:{e.State}");
        IEnumerable<string> leftOut = snapshot.LeftOut.Select(static e => $"!{e.Name}");
        string all = string.Join(' ', pods.Concat(leftOut));
        return all.Length == 0 ? "(empty)" : all;
    }

    /// <summary>True when a reader could not tell the two apart.</summary>
    public static bool SameContent(EndpointSnapshot left, EndpointSnapshot right) =>
        left.CompareWith(right).Count == 0 && left.LeftOut.SequenceEqual(right.LeftOut)
        && left.Warnings.SequenceEqual(right.Warnings);
}
