using System.Net;
using Berth.Dns;
using Berth.Extensions.Hosting.Settings;
using Berth.Extensions.Hosting.Sources;
using Berth.Kubernetes;
using Berth.Remote;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Checks;

/// <summary>Checks the settings of the directory when the host starts. Every sentence names the path of the setting.</summary>
internal sealed class BerthSettingsCheck(IConfiguration configuration, BerthRegistrations registrations) : IValidateOptions<BerthSettings>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BerthSettings options)
    {
        string[] faults =
        [
            .. KnownKeys.FindFaultsOfDirectory(configuration, registrations),
            .. FindFaultsOfSource(options),
            .. new EndpointDirectoryOptions
            {
                FirstSnapshotTimeout = options.FirstSnapshotTimeout,
                MaxStale = options.MaxStale,
                SnapshotFile = options.SnapshotFile,
            }.FindFaults().Select(static fault => $"{SettingsPaths.Root}:{fault}"),
        ];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FindFaultsOfSource(BerthSettings settings)
    {
        SourceRegistration? source = registrations.FindSource(settings.Source);
        if (source is null)
        {
            string known = string.Join(", ", registrations.Sources.Select(static s => s.Name));
            return
            [
                $"{SettingsPaths.Root}:{nameof(settings.Source)} is '{settings.Source}', and no source has that name. Give one of {known}.",
            ];
        }

        string path = SettingsPaths.OfSource(source.Name);
        return source.Name switch
        {
            nameof(settings.Kubernetes) when source.IsBuiltIn => FindFaults(path, settings.Kubernetes),
            nameof(settings.Dns) when source.IsBuiltIn => FindFaults(path, settings.Dns),
            nameof(settings.Remote) when source.IsBuiltIn => FindFaults(path, settings.Remote),
            nameof(settings.File) when source.IsBuiltIn => FindFaults(path, settings.File),
            _ => [],
        };
    }

    private static IEnumerable<string> FindFaults(string path, BerthKubernetesSettings settings)
    {
        if (settings.Kubeconfig is "")
            yield return $"{path}:{nameof(settings.Kubeconfig)} is empty. Give the path of a kubeconfig, or leave it out.";
        if (settings.Context is "")
            yield return $"{path}:{nameof(settings.Context)} is empty. Give the name of a context, or leave it out.";
        if (!Enum.IsDefined(settings.AddressMode))
            yield return $"{path}:{nameof(settings.AddressMode)} is {settings.AddressMode:D}. Give {Names<Kubernetes.AddressMode>()}.";
        if (!Enum.IsDefined(settings.AddressFamilies))
            yield return $"{path}:{nameof(settings.AddressFamilies)} is {settings.AddressFamilies:D}. Give {Names<AddressFamilies>()}.";
        foreach (string fault in FindFaultsOutside(settings))
            yield return $"{path}: {fault}";
    }

    private static IEnumerable<string> FindFaultsOutside(BerthKubernetesSettings settings)
    {
        string[] faults = [.. settings.ExternalFrom
            .Select(static text => ExternalAddressSource.TryParse(text, out _, out string? fault) ? null : fault).OfType<string>()];
        if (faults.Length > 0 || !Enum.IsDefined(settings.AddressMode) || !Enum.IsDefined(settings.AddressFamilies))
            return faults;
        return new KubernetesEndpointSourceOptions
        {
            AddressMode = settings.AddressMode,
            ExternalFrom = BuiltInSources.ReadSources(settings),
            HostTemplate = settings.HostTemplate,
        }.FindFaults();
    }

    private static IEnumerable<string> FindFaults(string path, BerthDnsSettings settings)
    {
        for (int i = 0; i < settings.Servers.Count; i++)
        {
            if (!BuiltInSources.TryParseServer(settings.Servers[i], out IPEndPoint? _))
            {
                yield return $"{path}:{nameof(settings.Servers)}:{i} is '{settings.Servers[i]}'. Give an address, with or without a " +
                    "port, as in 10.96.0.10:53.";
            }
        }

        DnsEndpointSourceOptions options = new()
        {
            ClusterDomain = settings.ClusterDomain,
            ServicePorts = [.. settings.ServicePorts.Select(BuiltInSources.ReadPort)],
            AddressFamilies = settings.AddressFamilies,
        };
        foreach (string fault in options.FindFaults())
            yield return $"{path}: {fault}";
    }

    private static IEnumerable<string> FindFaults(string path, BerthRemoteSettings settings)
    {
        if (settings.Dispatchers.Count == 0)
            yield return $"{path}:{nameof(settings.Dispatchers)} is missing. Set it to the address of a dispatcher, or of several.";
        IReadOnlyList<string> addresses = [.. settings.Dispatchers];
        foreach (string fault in addresses.Count == 0 ? [] : RemoteEndpointSource.FindFaults(addresses))
            yield return $"{path}:{nameof(settings.Dispatchers)}: {fault}";
        foreach (string fault in BuiltInSources.ReadRemote(settings).FindFaults())
            yield return $"{path}:{fault}";
    }

    private static IEnumerable<string> FindFaults(string path, BerthFileSettings settings)
    {
        if (string.IsNullOrEmpty(settings.Path))
            yield return $"{path}:{nameof(settings.Path)} is missing. Set it to the path of a JSON file of pods.";
        if (settings.Period <= TimeSpan.Zero || settings.Period > TimeSpan.FromDays(1))
            yield return $"{path}:{nameof(settings.Period)} is {settings.Period}. Give a duration above zero and up to one day.";
    }

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());
}
