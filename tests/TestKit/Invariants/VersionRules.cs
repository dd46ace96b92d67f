namespace Berth.TestKit.Invariants;

/// <summary>I2 for one observer: versions only grow, and one version is one content.</summary>
internal sealed class VersionRules(Violations violations, string who)
{
    private EndpointSnapshot? _last;

    public void Check(EndpointSnapshot? snapshot)
    {
        if (snapshot is null)
        {
            violations.Unless(_last is null, "I1", () => $"{who} saw a snapshot, and later none");
            return;
        }

        if (ReferenceEquals(snapshot, _last))
            return;
        if (_last is { } last)
        {
            violations.Unless(
                snapshot.Version >= last.Version, "I2", () => $"{who} saw version {last.Version}, and then {snapshot.Version}");
            // A stale and a live view of one content share its lists.
            bool same = ReferenceEquals(snapshot.Endpoints, last.Endpoints) && ReferenceEquals(snapshot.LeftOut, last.LeftOut);
            violations.Unless(same || snapshot.Version > last.Version, "I2", () => $"{who} saw two contents under version {last.Version}");
            violations.Unless(
                !same || snapshot.Version == last.Version, "I2",
                () => $"{who} saw the content of version {last.Version} again under {snapshot.Version}");
        }

        violations.Unless(snapshot.Version > 0, "I2", () => $"{who} saw version {snapshot.Version}");
        violations.Unless(
            !snapshot.IsStale || !string.IsNullOrWhiteSpace(snapshot.StaleReason), "I1",
            () => $"{who} saw a stale snapshot without a reason");
        _last = snapshot;
    }
}
