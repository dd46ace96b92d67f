namespace Berth.Cli.Output;

/// <summary>The words of the output for states and changes: lower case, dashes.</summary>
internal static class Words
{
    public static string Of(PodState state) => state switch
    {
        PodState.Ready => "ready",
        PodState.NotReady => "not-ready",
        PodState.Draining => "draining",
        _ => "terminating",
    };

    public static string Of(PodChangeKind kind) => kind switch
    {
        PodChangeKind.Joined => "joined",
        PodChangeKind.Left => "left",
        PodChangeKind.Replaced => "replaced",
        PodChangeKind.Ready => "ready",
        PodChangeKind.NotReady => "not-ready",
        PodChangeKind.Draining => "draining",
        _ => "updated",
    };

    public static string Of(ExclusionReason reason) => reason switch
    {
        ExclusionReason.NoName => "no-name",
        ExclusionReason.NoOrdinal => "no-ordinal",
        ExclusionReason.PortOutOfRange => "port-out-of-range",
        ExclusionReason.NoServicePort => "no-service-port",
        ExclusionReason.NoAddress => "no-address",
        ExclusionReason.NoExternalAddress => "no-external-address",
        ExclusionReason.ExternalAddressUnknown => "external-address-unknown",
        _ => "malformed",
    };
}
