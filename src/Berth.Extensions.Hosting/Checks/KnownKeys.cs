using Berth.Extensions.Hosting.Settings;
using Berth.Extensions.Hosting.Sources;
using Microsoft.Extensions.Configuration;

namespace Berth.Extensions.Hosting.Checks;

/// <summary>
/// The keys that the sections can have. The binder would silently ignore any other key, such as a misspelt setting.
/// </summary>
internal static class KnownKeys
{
    /// <summary>The settings of the directory, without the sections of sources.</summary>
    public static IReadOnlyList<string> OfDirectory { get; } =
    [
        nameof(BerthSettings.Source), nameof(BerthSettings.FirstSnapshotTimeout), nameof(BerthSettings.MaxStale),
        nameof(BerthSettings.SnapshotFile), nameof(BerthSettings.LastResort), nameof(BerthSettings.DisableTracing),
        nameof(BerthSettings.DisableMetrics),
    ];

    /// <summary>The settings of a view.</summary>
    public static IReadOnlyList<string> OfView { get; } =
    [
        nameof(BerthViewSettings.Namespace), nameof(BerthViewSettings.Service), nameof(BerthViewSettings.StatefulSet),
        nameof(BerthViewSettings.BasePort), nameof(BerthViewSettings.Stride), nameof(BerthViewSettings.Ports),
        nameof(BerthViewSettings.FixedPort), nameof(BerthViewSettings.PortsFromService), nameof(BerthViewSettings.Pods),
        nameof(BerthViewSettings.DisableHealthChecks),
    ];

    /// <summary>The settings of a port.</summary>
    public static IReadOnlyList<string> OfPort { get; } =
        [nameof(BerthPortSettings.Name), nameof(BerthPortSettings.Base), nameof(BerthPortSettings.Protocol)];

    /// <summary>The settings of the sources that come with the package, by the names of their sections.</summary>
    public static IReadOnlyDictionary<string, string[]> OfSources { get; } = new Dictionary<string, string[]>(
        StringComparer.OrdinalIgnoreCase)
    {
        [nameof(BerthSettings.Kubernetes)] =
        [
            nameof(BerthKubernetesSettings.Kubeconfig), nameof(BerthKubernetesSettings.Context),
            nameof(BerthKubernetesSettings.AddressMode), nameof(BerthKubernetesSettings.AddressFamilies),
            nameof(BerthKubernetesSettings.StreamingLists), nameof(BerthKubernetesSettings.ExternalFrom),
            nameof(BerthKubernetesSettings.HostTemplate),
        ],
        [nameof(BerthSettings.Dns)] =
        [
            nameof(BerthDnsSettings.Servers), nameof(BerthDnsSettings.ClusterDomain), nameof(BerthDnsSettings.ServicePorts),
            nameof(BerthDnsSettings.AddressFamilies),
        ],
        [nameof(BerthSettings.Remote)] =
        [
            nameof(BerthRemoteSettings.Dispatchers), nameof(BerthRemoteSettings.Token), nameof(BerthRemoteSettings.TokenFile),
            nameof(BerthRemoteSettings.CertificateAuthorityFile),
        ],
        [nameof(BerthSettings.File)] = [nameof(BerthFileSettings.Path), nameof(BerthFileSettings.Period)],
    };

    /// <summary>Finds the keys of the section <c>Berth</c>, and of the sources' sections, that are not known.</summary>
    public static IEnumerable<string> FindFaultsOfDirectory(IConfiguration configuration, BerthRegistrations registrations)
    {
        IConfigurationSection root = configuration.GetSection(SettingsPaths.Root);
        string[] sources = [.. registrations.Sources.Select(static source => source.Name)];
        IEnumerable<string> faults = FindUnknown(root, [.. OfDirectory, .. OfView, "Views", .. sources]);
        foreach ((string source, string[] keys) in OfSources)
            faults = faults.Concat(FindUnknown(root.GetSection(source), keys));
        return faults;
    }

    /// <summary>Finds the keys of the section of a view that are not known.</summary>
    public static IEnumerable<string> FindFaultsOfView(IConfiguration configuration, string name)
    {
        IConfigurationSection view = configuration.GetSection(SettingsPaths.OfView(name));
        return FindUnknown(view, OfView).Concat(
            view.GetSection(nameof(BerthViewSettings.Ports)).GetChildren().SelectMany(static port => FindUnknown(port, OfPort)));
    }

    private static IEnumerable<string> FindUnknown(IConfigurationSection section, IReadOnlyList<string> known)
    {
        if (section.Value is { Length: > 0 } value)
            yield return $"{section.Path} is '{value}', and it is a section. Give settings below it, such as {section.Path}:{known[0]}.";
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                yield return $"{child.Path} is not a setting. Known below {section.Path} are {string.Join(", ", known)}.";
        }
    }
}
