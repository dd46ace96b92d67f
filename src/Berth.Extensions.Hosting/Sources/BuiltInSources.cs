using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Berth.Dns;
using Berth.Extensions.Hosting.Settings;
using Berth.Kubernetes;
using Berth.Remote;
using Berth.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Sources;

/// <summary>The sources that come with the package.</summary>
internal static class BuiltInSources
{
    /// <summary>All of them.</summary>
    public static IEnumerable<SourceRegistration> All { get; } =
    [
        new("Kubernetes", true, Kubernetes),
        new("Dns", true, Dns),
        new("Remote", true, Remote),
        new("File", true, File),
        new("Static", true, Static),
    ];

    /// <summary>Reads a port of a Service: <c>game</c> or <c>game/UDP</c>.</summary>
    public static DnsServicePort ReadPort(string text)
    {
        string[] parts = text.Split('/', 2);
        return new DnsServicePort(parts[0], parts.Length == 2 ? parts[1].ToUpper(CultureInfo.InvariantCulture) : "TCP");
    }

    /// <summary>Reads a DNS server: an address, with or without a port.</summary>
    public static bool TryParseServer(string text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        server = AddressText.TryParse(text, out IPAddress? address, out int? port) ? new IPEndPoint(address, port ?? 53) : null;
        return server is not null;
    }

    /// <summary>The sources of external addresses.</summary>
    public static ExternalAddressSource[] ReadSources(BerthKubernetesSettings settings) => settings.ExternalFrom.Count == 0
        ? [ExternalAddressSource.ExternalIP]
        : [.. settings.ExternalFrom.Select(ExternalAddressSource.Parse)];

    /// <summary>The options of the source <c>Remote</c>.</summary>
    public static RemoteEndpointSourceOptions ReadRemote(
        BerthRemoteSettings settings, TimeProvider? time = null, ILoggerFactory? loggers = null) => new()
    {
        Token = settings.Token,
        TokenFile = settings.TokenFile,
        CertificateAuthorityFile = settings.CertificateAuthorityFile,
        TimeProvider = time ?? TimeProvider.System,
        LoggerFactory = loggers ?? NullLoggerFactory.Instance,
    };

    private static KubernetesEndpointSource Kubernetes(BerthSourceContext context)
    {
        BerthKubernetesSettings settings = SettingsOf(context).Kubernetes;
        Dictionary<ServiceTarget, string> sets = StatefulSets(context);
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions
        {
            Environment = HostEnvironment.Read,
            Kubeconfig = settings.Kubeconfig,
            Context = settings.Context,
            TimeProvider = context.TimeProvider,
            LoggerFactory = context.LoggerFactory,
        });
        return new KubernetesEndpointSource(access, new KubernetesEndpointSourceOptions
        {
            AddressMode = settings.AddressMode,
            AddressFamilies = settings.AddressFamilies,
            ExternalFrom = ReadSources(settings),
            HostTemplate = settings.HostTemplate,
            StreamingLists = settings.StreamingLists,
            StatefulSetName = sets.GetValueOrDefault,
            TimeProvider = context.TimeProvider,
            LoggerFactory = context.LoggerFactory,
        });
    }

    private static DnsEndpointSource Dns(BerthSourceContext context)
    {
        BerthDnsSettings settings = SettingsOf(context).Dns;
        Dictionary<ServiceTarget, string> sets = StatefulSets(context);
        return new DnsEndpointSource(new DnsEndpointSourceOptions
        {
            Servers = [.. settings.Servers.Select(ReadServer)],
            ClusterDomain = settings.ClusterDomain,
            ServicePorts = [.. settings.ServicePorts.Select(ReadPort)],
            AddressFamilies = settings.AddressFamilies,
            StatefulSetName = target => sets.GetValueOrDefault(target) ?? target.Service,
            TimeProvider = context.TimeProvider,
            LoggerFactory = context.LoggerFactory,
        });
    }

    private static RemoteEndpointSource Remote(BerthSourceContext context)
    {
        BerthRemoteSettings settings = SettingsOf(context).Remote;
        return new RemoteEndpointSource([.. settings.Dispatchers], ReadRemote(settings, context.TimeProvider, context.LoggerFactory));
    }

    private static FilePodSource File(BerthSourceContext context)
    {
        BerthFileSettings settings = SettingsOf(context).File;
        return new FilePodSource(settings.Path!, settings.Period, context.TimeProvider);
    }

    private static StaticPodSource Static(BerthSourceContext context) => new(
        Views(context).GroupBy(static view => view.Reading.Target)
            .ToDictionary(static views => views.Key, static views => views.SelectMany(static v => v.Settings.Pods).ToArray()));

    private static BerthSettings SettingsOf(BerthSourceContext context) =>
        context.Services.GetRequiredService<IOptions<BerthSettings>>().Value;

    private static Dictionary<ServiceTarget, string> StatefulSets(BerthSourceContext context) =>
        Views(context).Where(static view => view.Settings.StatefulSet is not null).GroupBy(static view => view.Reading.Target)
            .ToDictionary(static views => views.Key, static views => views.First().Settings.StatefulSet!);

    private static IEnumerable<(BerthViewSettings Settings, ViewReading Reading)> Views(BerthSourceContext context)
    {
        IOptionsMonitor<BerthViewSettings> settings = context.Services.GetRequiredService<IOptionsMonitor<BerthViewSettings>>();
        return context.Services.GetRequiredService<BerthRegistrations>().Views
            .Select(name => (settings.Get(name), ViewReading.Read(name, settings.Get(name))));
    }

    // The settings are checked before.
    private static IPEndPoint ReadServer(string text) =>
        TryParseServer(text, out IPEndPoint? server) ? server : throw new FormatException($"'{text}' is not the address of a DNS server.");
}
