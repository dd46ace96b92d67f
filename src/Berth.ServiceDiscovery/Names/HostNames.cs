using Berth.Targets;

namespace Berth.ServiceDiscovery.Names;

/// <summary>The names that a URL can have as its host: .NET writes them in lower case.</summary>
internal static class HostNames
{
    /// <summary>Returns the fault of a name that a program maps, or null.</summary>
    public static string? FaultOf(string name) => Dns1123.FaultOfSubdomain(name);
}
