using Berth.Grpc.Balancing;
using Berth.Grpc.Resolving;
using Berth.TestKit;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Grpc;

/// <summary>A channel whose pickers can be read.</summary>
internal sealed class PickerProbe : IDisposable
{
    private readonly Factory _factory;
    private readonly ServiceProvider _provider;
    private readonly GrpcChannel _channel;

    public PickerProbe(EndpointDirectory directory, BerthGrpcOptions options)
    {
        _factory = new Factory(new PodBalancerFactory(options));
        ServiceCollection services = new();
        services.AddSingleton<ResolverFactory>(new PodResolverFactory(directory, options));
        services.AddSingleton<LoadBalancerFactory>(_factory);
        _provider = services.BuildServiceProvider();
        _channel = GrpcChannel.ForAddress(
            GrpcFixture.Address, new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure, ServiceProvider = _provider });
    }

    /// <summary>Connects, and waits until a number of connections is ready.</summary>
    public async Task<SubchannelPicker> WaitForReadyAsync(int count)
    {
        await _channel.ConnectAsync(TestContext.Current.CancellationToken);
        return await Wait.UntilAsync(
            () => Task.FromResult(_factory.Latest),
            picker => picker is PodPicker pods && pods.ReadyCount == count,
            Wait.Limit,
            "all connections",
            TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("There is no picker.");
    }

    public void Dispose()
    {
        _channel.Dispose();
        _provider.Dispose();
    }

    private sealed class Factory(LoadBalancerFactory inner) : LoadBalancerFactory
    {
        private volatile SubchannelPicker? _latest;

        public SubchannelPicker? Latest => _latest;

        public override string Name => inner.Name;

        public override LoadBalancer Create(LoadBalancerOptions options) => inner.Create(new LoadBalancerOptions(
            new Helper(options.Controller, picker => _latest = picker), options.LoggerFactory, options.Configuration));
    }

    private sealed class Helper(IChannelControlHelper inner, Action<SubchannelPicker> seen) : IChannelControlHelper
    {
        public Subchannel CreateSubchannel(SubchannelOptions options) => inner.CreateSubchannel(options);

        public void RefreshResolver() => inner.RefreshResolver();

        public void UpdateState(BalancerState state)
        {
            inner.UpdateState(state);
            seen(state.Picker);
        }
    }
}
