using System.Globalization;

namespace Berth.Snapshots;

/// <summary>
/// The words for states, changes and reasons in JSON, on the command line and in labels: lower case, with dashes. Stable.
/// </summary>
internal static class EndpointWords
{
    /// <summary>Returns the number with its noun: <c>1 pod</c>, <c>3 pods</c>.</summary>
    public static string Pods(int count) => count == 1 ? "1 pod" : string.Create(CultureInfo.InvariantCulture, $"{count} pods");

    /// <summary>The word for a state: <c>ready</c>, <c>not-ready</c>, <c>draining</c>, <c>terminating</c>, <c>cordoned</c>.</summary>
    public static string Of(PodState state) => state switch
    {
        PodState.Ready => "ready",
        PodState.NotReady => "not-ready",
        PodState.Draining => "draining",
        PodState.Cordoned => "cordoned",
        _ => "terminating",
    };

    /// <summary>
    /// The word for a change: <c>joined</c>, <c>left</c>, <c>replaced</c>, <c>ready</c>, <c>not-ready</c>, <c>draining</c>,
    /// <c>cordoned</c>, <c>updated</c>.
    /// </summary>
    public static string Of(PodChangeKind kind) => kind switch
    {
        PodChangeKind.Joined => "joined",
        PodChangeKind.Left => "left",
        PodChangeKind.Replaced => "replaced",
        PodChangeKind.Ready => "ready",
        PodChangeKind.NotReady => "not-ready",
        PodChangeKind.Draining => "draining",
        PodChangeKind.Cordoned => "cordoned",
        _ => "updated",
    };

    /// <summary>The word for the state of a cluster: <c>live</c>, <c>stale</c>, <c>too-stale</c>, <c>not-listed</c>.</summary>
    public static string Of(EndpointCluster cluster) => cluster.Snapshot is null ? "not-listed"
        : cluster.IsTooStale ? "too-stale"
        : cluster.IsLive ? "live"
        : "stale";

    /// <summary>The word for a reason, such as <c>no-ordinal</c>.</summary>
    public static string Of(LeftOutReason reason) => reason switch
    {
        LeftOutReason.NoName => "no-name",
        LeftOutReason.NoOrdinal => "no-ordinal",
        LeftOutReason.PortOutOfRange => "port-out-of-range",
        LeftOutReason.NoServicePort => "no-service-port",
        LeftOutReason.NoAddress => "no-address",
        LeftOutReason.NoExternalAddress => "no-external-address",
        LeftOutReason.ExternalAddressUnknown => "external-address-unknown",
        LeftOutReason.OtherSet => "other-set",
        LeftOutReason.OtherSource => "other-source",
        LeftOutReason.NotOnHostNetwork => "not-on-host-network",
        _ => "malformed",
    };

    /// <summary>The word for a kind of warning, such as <c>several-sets</c>.</summary>
    public static string Of(EndpointWarningKind kind) => kind switch
    {
        EndpointWarningKind.SeveralSets => "several-sets",
        EndpointWarningKind.FrozenSlices => "frozen-slices",
        EndpointWarningKind.MixedNetworks => "mixed-networks",
        EndpointWarningKind.NodeAddressChanged => "node-address-changed",
        _ => "none-ready",
    };

    /// <summary>The warning while pods that are not ready are handed out.</summary>
    /// <param name="count">The number of these pods.</param>
    public static EndpointWarning NoneReady(int count) => new(
        EndpointWarningKind.NoneReady,
        $"No pod is ready. As a last resort, {Pods(count)} that {(count == 1 ? "does" : "do")} not terminate {(count == 1 ? "is" : "are")} "
            + "handed out. Compare 'kubectl get pods' with the EndpointSlices: pods that are Ready there, and not in the slices, "
            + "are held up by the control plane; the others by their readiness probe.");
}
