using Berth.Pods;

namespace Berth.Kubernetes.Addresses;

/// <summary>The rules for finding the addresses and host names of pods.</summary>
/// <param name="Mode">The kind of address.</param>
/// <param name="Families">The families, and their order.</param>
/// <param name="From">The sources of external addresses, the preferred first.</param>
/// <param name="Host">The template of host names, or null.</param>
internal sealed record AddressRules(
    AddressMode Mode, AddressFamilies Families, IReadOnlyList<ExternalAddressSource> From, HostTemplate? Host)
{
    /// <summary>Internal addresses, IPv4 first, and no host names.</summary>
    public static AddressRules Internal { get; } = new(AddressMode.Internal, AddressFamilies.IPv4ThenIPv6, [], null);

    /// <summary>True when nodes have to be read.</summary>
    public bool ReadsNodes => Mode != AddressMode.Internal && From.Any(static source => source.NeedsNodes);

    /// <summary>The path of the map file, or null.</summary>
    public string? MapFile => Mode == AddressMode.Internal
        ? null
        : From.FirstOrDefault(static source => source.Kind == ExternalAddressKind.Map)?.Argument;
}
