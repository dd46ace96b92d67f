using Berth.ServiceDiscovery;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Extensions.Hosting.Discovery;

/// <summary>Ways to add service discovery to a rig, as a program does.</summary>
internal static class DiscoveryRig
{
    /// <summary>A rig whose clients all go through service discovery, Berth registered before it or after it.</summary>
    public static PodRig Create(Action<BerthServiceDiscoveryOptions>? configure = null, bool isBerthFirst = false)
    {
        PodRig rig = new();
        if (isBerthFirst)
            rig.Builder.Services.AddBerthServiceEndpointProvider(configure);
        rig.Builder.Services.AddServiceDiscovery();
        if (!isBerthFirst)
            rig.Builder.Services.AddBerthServiceEndpointProvider(configure);
        rig.Builder.Services.ConfigureHttpClientDefaults(static client => client.AddServiceDiscovery());
        return rig;
    }
}
