namespace Berth.Persistence;

/// <summary>One target's last good snapshot in a snapshot file.</summary>
/// <param name="Target">The target.</param>
/// <param name="PortScheme">The port scheme of its ports, as text. With another scheme the ports are wrong.</param>
/// <param name="Version">The version.</param>
/// <param name="ObservedAt">The time when its content was first observed.</param>
/// <param name="ConfirmedAt">The time when its source last confirmed it.</param>
/// <param name="Endpoints">The endpoints.</param>
/// <param name="LeftOut">The pods left out.</param>
internal sealed record SavedSnapshot(
    ServiceTarget Target,
    string PortScheme,
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
