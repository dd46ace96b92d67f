using Berth.Kubernetes;

namespace Berth.Cli.Options;

/// <summary>The options for the cluster to read and the kind of addresses to use.</summary>
internal static class ClusterSettings
{
    public static Setting<string?> Kubeconfig { get; } = new(
        "kubeconfig", "PATH", "The kubeconfig. Default, as in kubectl: KUBECONFIG, else the pod's service account, else ~/.kube/config.",
        CommonParsers.Text, null);

    public static Setting<string?> Context { get; } = new(
        "context", "NAME", "The kubeconfig's context. Default: its current one.", CommonParsers.Text, null);

    public static Setting<AddressMode> Address { get; } = new(
        "address",
        "internal|external|external-or-internal",
        "The kind of address to return. External ones need permission to read nodes. Default internal.",
        CommonParsers.OneOf(
            "address mode",
            ("internal", AddressMode.Internal),
            ("external", AddressMode.External),
            ("external-or-internal", AddressMode.ExternalOrInternal)),
        AddressMode.Internal);

    public static Setting<ExternalAddressSource[]?> ExternalFrom { get; } = new(
        "external-from",
        "SOURCE,..",
        "The sources of external addresses and host names, the preferred first: external-ip, external-dns, label=KEY, annotation=KEY, "
            + "map=FILE. Default external-ip.",
        ParseSources,
        null,
        separator: ',');

    public static Setting<string?> HostTemplate { get; } = new(
        "host-template", "TEMPLATE",
        "The host name of a pod, such as {pod}.{namespace}.play.example.com; also of {ordinal}, {node} and {zone}. Default: none.",
        CommonParsers.Text, null);

    public static Setting<AddressFamilies> Prefer { get; } = new(
        "prefer",
        "ipv4|ipv6",
        "The family that comes first when a pod has both. Default ipv4.",
        CommonParsers.OneOf("address family", ("ipv4", AddressFamilies.IPv4ThenIPv6), ("ipv6", AddressFamilies.IPv6ThenIPv4)),
        AddressFamilies.IPv4ThenIPv6);

    public static Setting<SetNames> StatefulSet { get; } = new(
        "stateful-set",
        "NAME|NAMESPACE/SERVICE=NAME,..",
        "The StatefulSet of the pods, if the Service's selector matches other pods too. Default: the one with the Service's name, "
            + "else one with the most pods.",
        SetNames.Parse,
        SetNames.None,
        separator: ',');

    public static Setting<TimeSpan> Timeout { get; } = new(
        "timeout", "DURATION", "The time to wait for the first list. Default 10s.", Durations.AtLeast(TimeSpan.FromMilliseconds(1)),
        TimeSpan.FromSeconds(10));

    public static Setting[] All { get; } = [StatefulSet, Address, ExternalFrom, HostTemplate, Prefer, Kubeconfig, Context];

    public static ClusterChoice Read(SettingsReader reader)
    {
        ClusterChoice choice = new(
            reader.Get(Kubeconfig), reader.Get(Context), reader.Get(Address), reader.Get(ExternalFrom), reader.Get(HostTemplate),
            reader.Get(Prefer), reader.Get(StatefulSet));
        foreach (string fault in choice.SourceOptions.FindFaults())
            reader.Fault(fault);
        return choice;
    }

    private static ExternalAddressSource[] ParseSources(string text, out string? fault)
    {
        fault = null;
        List<ExternalAddressSource> sources = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ExternalAddressSource.TryParse(part, out ExternalAddressSource? source, out string? wrong))
                sources.Add(source);
            else
                fault ??= wrong;
        }

        return [.. sources];
    }
}
