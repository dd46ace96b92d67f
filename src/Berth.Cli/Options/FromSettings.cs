using System.Diagnostics.Metrics;
using System.Globalization;
using Berth.Cli.Hosting;
using Berth.Remote;
using Microsoft.Extensions.Logging;

namespace Berth.Cli.Options;

/// <summary>The options of a dispatcher that follows other dispatchers.</summary>
internal static class FromSettings
{
    public static Setting<string[]> From { get; } = new(
        "from",
        "URL",
        "Follow this dispatcher instead of the Kubernetes API; repeat for more, the next is followed when one ends. Without a port "
            + "option, the dispatcher's ports are used.",
        ParseUrls,
        [],
        separator: ';');

    public static Setting<string?> TokenFile { get; } = new(
        "from-token-file", "PATH", "The file with the bearer token for --from. It is read again for each connection.", CommonParsers.Text,
        null);

    public static Setting<string?> AuthorityFile { get; } = new(
        "from-ca", "PATH", "The PEM file with the CAs of an https --from. Default: the roots of this machine.", CommonParsers.Text, null);

    public static Setting[] All { get; } = [From, TokenFile, AuthorityFile];

    // The options that have no meaning with --from, because the dispatcher that reads the API has decided them.
    private static readonly Setting[] s_ofCluster =
    [
        ClusterSettings.Kubeconfig, ClusterSettings.Context, ClusterSettings.Address, ClusterSettings.ExternalFrom,
        ClusterSettings.HostTemplate, ClusterSettings.Prefer, ClusterSettings.StatefulSet,
    ];

    /// <summary>The dispatchers to follow; none without --from. All faults are noted.</summary>
    public static string[] Read(SettingsReader reader)
    {
        string[] from = reader.Get(From);
        if (reader.OriginOf(From) == SettingOrigin.Nowhere)
        {
            bool hasDispatchers = reader.OriginOf(ManyClusterSettings.Cluster) != SettingOrigin.Nowhere;
            foreach (Setting setting in hasDispatchers ? [] : new Setting[] { TokenFile, AuthorityFile })
            {
                if (reader.OriginOf(setting) == SettingOrigin.CommandLine)
                    reader.Fault($"--{setting.Name} has no meaning without --from. Give both, or none.");
            }

            return from;
        }

        foreach (string fault in RemoteEndpointSource.FindFaults(from))
            reader.Fault($"--from: {fault}");
        foreach (Setting setting in s_ofCluster)
        {
            // A variable such as BERTH_KUBECONFIG may be set for other commands.
            if (reader.OriginOf(setting) == SettingOrigin.CommandLine)
                reader.Fault($"--{setting.Name} has no meaning with --from, which reads no Kubernetes API. Leave one of them out.");
        }

        return from;
    }

    /// <summary>Creates the source. Sends no request yet.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="from">The dispatchers.</param>
    /// <param name="cluster">The name of the cluster behind them, or null when only one is followed.</param>
    /// <param name="runId">The name of this run.</param>
    /// <param name="host">The surroundings.</param>
    /// <param name="loggers">The loggers.</param>
    /// <param name="meter">The meter.</param>
    public static RemoteEndpointSource Open(
        SettingsReader reader, string[] from, string? cluster, string runId, ProgramHost host, ILoggerFactory loggers, Meter meter) =>
        new(from, new RemoteEndpointSourceOptions
        {
            TokenFile = reader.Get(TokenFile),
            CertificateAuthorityFile = reader.Get(AuthorityFile),
            RunId = runId,
            Cluster = cluster,
            TimeProvider = host.Time,
            LoggerFactory = loggers,
            Meter = meter,
        });

    /// <summary>Creates the id of this run: from the time and a random number, because two replicas may start at the same moment.</summary>
    public static string CreateRunId(ProgramHost host) => string.Create(
        CultureInfo.InvariantCulture, $"{host.Time.GetUtcNow().UtcTicks:x}x{host.Random.Next():x}");

    private static string[] ParseUrls(string text, out string? fault)
    {
        // The source checks each address.
        fault = null;
        return text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
