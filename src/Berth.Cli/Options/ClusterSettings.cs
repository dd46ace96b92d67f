using Berth.Kubernetes;

namespace Berth.Cli.Options;

/// <summary>The options that say which cluster is read, and which of its addresses are wanted.</summary>
internal static class ClusterSettings
{
    public static Setting<string?> Kubeconfig { get; } = new(
        "kubeconfig", "PATH", "The kubeconfig. Default: as kubectl, KUBECONFIG, else the pod's service account, else ~/.kube/config.",
        CommonParsers.Text, null);

    public static Setting<string?> Context { get; } = new(
        "context", "NAME", "The kubeconfig's context. Default: its current one.", CommonParsers.Text, null);

    public static Setting<AddressMode> Address { get; } = new(
        "address",
        "internal|external|external-or-internal",
        "Which address of a pod is given. External ones need a grant to read nodes. Default internal.",
        CommonParsers.OneOf(
            "address mode",
            ("internal", AddressMode.Internal),
            ("external", AddressMode.External),
            ("external-or-internal", AddressMode.ExternalOrInternal)),
        AddressMode.Internal);

    public static Setting<AddressFamilies> Prefer { get; } = new(
        "prefer",
        "ipv4|ipv6",
        "Which family comes first where a pod has both. Default ipv4.",
        CommonParsers.OneOf("address family", ("ipv4", AddressFamilies.IPv4ThenIPv6), ("ipv6", AddressFamilies.IPv6ThenIPv4)),
        AddressFamilies.IPv4ThenIPv6);

    public static Setting<SetNames> StatefulSet { get; } = new(
        "stateful-set",
        "NAME|NAMESPACE/SERVICE=NAME,..",
        "The StatefulSet whose pods are wanted, where the Service's selector matches others too. Default: that with the Service's name, "
            + "else one with the most pods.",
        SetNames.Parse,
        SetNames.None,
        separator: ',');

    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", "DURATION", "How long to wait for the first list. Default 10s.", Durations.AtLeast(TimeSpan.FromMilliseconds(1)),
        TimeSpan.FromSeconds(10));

    public static Setting[] All { get; } = [StatefulSet, Address, Prefer, Kubeconfig, Context];

    public static ClusterChoice Read(SettingsReader reader) =>
        new(reader.Get(Kubeconfig), reader.Get(Context), reader.Get(Address), reader.Get(Prefer), reader.Get(StatefulSet));
}
