namespace Berth.Persistence;

/// <summary>One target's last good snapshot as it stands in a snapshot file.</summary>
/// <param name="Target">Whose it is.</param>
/// <param name="Plan">The port scheme it was computed under, as text: under another scheme its ports mean nothing.</param>
/// <param name="Version">The version it had.</param>
/// <param name="ObservedAt">When its content was first observed.</param>
/// <param name="ConfirmedAt">When its source last confirmed it.</param>
/// <param name="Endpoints">Its endpoints.</param>
/// <param name="LeftOut">The pods it left out.</param>
internal sealed record SavedSnapshot(
    ServiceTarget Target,
    string Plan,
    long Version,
    DateTimeOffset ObservedAt,
    DateTimeOffset ConfirmedAt,
    IReadOnlyList<PodEndpoint> Endpoints,
    IReadOnlyList<LeftOutPod> LeftOut)
{
    public static SavedSnapshot From(EndpointSnapshot snapshot, DateTimeOffset confirmedAt) => new(
        snapshot.Target, snapshot.Ports.ToString()!, snapshot.Version, snapshot.ObservedAt, confirmedAt, snapshot.Endpoints,
        snapshot.LeftOut);

    public EndpointSnapshot Restore(PortScheme ports) => EndpointSnapshot.Create(Target, ports, Endpoints, LeftOut)
        .WithVersion(Version, ObservedAt)
        .AsStale(ConfirmedAt, "It was read from the snapshot file, and the source has not answered yet.");
}
