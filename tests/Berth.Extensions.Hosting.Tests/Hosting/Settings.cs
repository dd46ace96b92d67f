using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Extensions.Hosting.Hosting;

/// <summary>Hosts from a few lines of configuration.</summary>
internal static class Settings
{
    /// <summary>A complete view of the source <c>Static</c>, so that nothing outside is needed.</summary>
    public static readonly (string Key, string? Value)[] Lobby =
    [
        ("Berth:Source", "Static"),
        ("Berth:Views:lobby:Namespace", "k8s-example2"),
        ("Berth:Views:lobby:Service", "service-b"),
        ("Berth:Views:lobby:BasePort", "3000"),
        ("Berth:Views:lobby:Pods:service-b-0", "10.77.0.1"),
        ("Berth:Views:lobby:Pods:service-b-2", "10.77.0.2:5000"),
    ];

    public static HostApplicationBuilder Builder(params IEnumerable<(string Key, string? Value)> settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.Select(static s => new KeyValuePair<string, string?>(s.Key, s.Value)));
        return builder;
    }

    /// <summary>The settings of the lobby, with others over them; null takes one away.</summary>
    public static HostApplicationBuilder Lobbying(params IEnumerable<(string Key, string? Value)> settings)
    {
        (string Key, string? Value)[] changed = [.. settings];
        return Builder(Lobby.Where(l => changed.All(c => c.Key != l.Key)).Concat(changed.Where(static c => c.Value is not null)));
    }
}
