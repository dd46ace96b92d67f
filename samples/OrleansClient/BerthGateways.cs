using System.Net;
using Berth;
using Orleans.Messaging;

namespace Samples.OrleansClient;

/// <summary>The gateways are the pods that are available: each silo's gateway listens at the base port plus its ordinal.</summary>
internal sealed class BerthGateways(EndpointView silos) : IGatewayListProvider
{
    /// <summary>Orleans asks again that often. The answer comes from memory.</summary>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

    public bool IsUpdatable => true;

    public async Task InitializeGatewayListProvider() => await silos.GetEndpointsAsync();

    public Task<IList<Uri>> GetGateways() => Task.FromResult<IList<Uri>>(
        silos.Current is { } pods ? [.. pods.Available.Select(static pod => new IPEndPoint(pod.Address, pod.Port).ToGatewayUri())] : []);
}
