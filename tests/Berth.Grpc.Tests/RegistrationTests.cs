using Berth.Grpc.Addresses;
using Berth.TestKit;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static Berth.Grpc.GrpcFixture;

namespace Berth.Grpc;

/// <summary>The registration that teaches channels <c>berth:///</c> addresses, and what it refuses.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private readonly GrpcFixture _grpc = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _grpc.DisposeAsync();

    [Fact]
    public async Task Clients_of_the_factory_follow_pods_after_one_line()
    {
        await _grpc.StartSetAsync(2);
        ServiceCollection services = new();
        services.AddSingleton(_grpc.Directory);
        services.AddBerthGrpc(new BerthGrpcOptions { Ports = TestPods.Ports });
        services.AddGrpcClient<AskClient>(static options => options.Address = new Uri(GrpcFixture.Address))
            .ConfigureChannel(static options => options.Credentials = ChannelCredentials.Insecure);
        await using ServiceProvider provider = services.BuildServiceProvider();
        AskClient client = provider.GetRequiredService<AskClient>();
        await UntilAllAnswerAsync(client, "service-b-0", "service-b-1");
        Assert.Equal("service-b-1", await AskAsync(client, BerthMetadata.Ordinal, "1"));
    }

    [Fact]
    public async Task A_policy_of_the_channel_is_left_alone()
    {
        await _grpc.StartSetAsync(3);
        AskClient client = _grpc.Open(configure: static options =>
            options.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new PickFirstConfig() } });
        Assert.Equal(["service-b-0"], (await CountAsync(client, 6)).Keys);
    }

    [Fact]
    public async Task A_balancer_of_the_caller_reads_the_pod_of_an_address()
    {
        await _grpc.StartSetAsync(3);
        ServiceCollection services = new();
        services.AddSingleton<LoadBalancerFactory>(new LastPodFactory());
        await using ServiceProvider provider = services.BuildServiceProvider();
        AskClient client = _grpc.Open(configure: options =>
        {
            options.ServiceProvider = provider;
            options.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { new LoadBalancingConfig("last_pod") } };
        });
        await UntilAsync(client, "service-b-2");
    }

    [Fact]
    public void A_second_registration_is_refused()
    {
        ServiceCollection services = new();
        services.AddBerthGrpc(new BerthGrpcOptions { Ports = TestPods.Ports });
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => services.AddBerthGrpc(new BerthGrpcOptions { Ports = TestPods.Ports }));
        Assert.Equal("AddBerthGrpc was called twice. Call it once, with the ports of all targets in TargetPorts.", refused.Message);
    }

    [Fact]
    public void A_registration_after_the_host_is_built_is_told()
    {
        ServiceCollection services = [];
        services.MakeReadOnly();
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => services.AddBerthGrpc(new BerthGrpcOptions { Ports = TestPods.Ports }));
        Assert.Contains("Call AddBerthGrpc before Build().", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_without_a_directory_is_told_to_register_one()
    {
        ServiceCollection services = new();
        services.AddBerthGrpc(new BerthGrpcOptions { Ports = TestPods.Ports });
        using ServiceProvider provider = services.BuildServiceProvider();
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(
            GrpcFixture.Address, new GrpcChannelOptions { Credentials = ChannelCredentials.Insecure, ServiceProvider = provider }));
        Assert.StartsWith("There is no EndpointDirectory for berth:/// addresses.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_name_all_their_faults_at_once()
    {
        BerthGrpcOptions options = new() { SubsetSize = 0, ClientName = "", PortName = "" };
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new GrpcChannelOptions().UseBerth(_grpc.Directory, options));
        Assert.Contains("SubsetSize is 0. Give 1 to 100000.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PortName is empty.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ClientName is empty.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("There are no ports.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_without_ports_is_refused_when_the_channel_opens()
    {
        BerthGrpcOptions options = new()
        {
            TargetPorts = new Dictionary<ServiceTarget, PortScheme> { [new("games", "lobby")] = PortScheme.PerOrdinal(5000) },
        };
        ArgumentException refused = Assert.Throws<ArgumentException>(() => _grpc.Open(options: options));
        Assert.StartsWith("The target k8s-example2/service-b has no port scheme.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_has_its_own_port_scheme()
    {
        PortScheme ports = PortScheme.Fixed([new EndpointPort("game", 3000), new EndpointPort("grpc", 1)]);
        PodServer server = await _grpc.StartAsync("service-b-0");
        EndpointView view = _grpc.Directory.Follow(TestPods.Target, ports);
        PodEndpoint pod = PodEndpoint.Create(
            "service-b-0", "k8s-example2", [System.Net.IPAddress.Loopback],
            [new EndpointPort("game", 1), new EndpointPort("grpc", server.Port)], 0);
        await _grpc.Source.PublishAsync(view, [pod], cancellationToken: TestContext.Current.CancellationToken);
        Dictionary<ServiceTarget, PortScheme> targetPorts = new() { [TestPods.Target] = ports };
        Assert.Equal("service-b-0", await AskAsync(_grpc.Open(options: new() { TargetPorts = targetPorts, PortName = "grpc" })));

        Status status = await FailAsync(_grpc.Open(options: new() { TargetPorts = targetPorts, PortName = "grcp" }));
        Assert.Equal("No pod of k8s-example2/service-b has a port named 'grcp'. Name one of the port scheme's ports.", status.Detail);
    }

    [Theory]
    [InlineData("berth://service-b.k8s-example2", "has two slashes before its name, and needs three")]
    [InlineData("berth:///service-b", "has 1 names")]
    [InlineData("berth:///", "has 1 names")]
    [InlineData("berth:", "has 1 names")]
    [InlineData("berth:///service-b.k8s-example2.svc.cluster.local", "has 5 names")]
    [InlineData("berth:///Service-B.k8s-example2", "names no Service")]
    [InlineData("berth:///service-b.k8s-example2/x", "names no Service")]
    [InlineData("berth:///service_b-2.service-b.k8s-example2", "The pod's name 'service_b-2'")]
    [InlineData("berth:///service-b.k8s-example2?base=3000", "has a query or a fragment")]
    [InlineData("berth:///service-b.k8s-example2:3000", "names no Service")]
    public void An_address_that_names_nothing_is_refused(string address, string fault)
    {
        Assert.False(ChannelAddress.TryParse(new Uri(address), out _, out string? found));
        Assert.Contains(fault, found, StringComparison.Ordinal);
        Assert.Contains(address, found, StringComparison.Ordinal);
    }

    private sealed class LastPodFactory : LoadBalancerFactory
    {
        public override string Name => "last_pod";

        public override LoadBalancer Create(LoadBalancerOptions options) => new LastPod(options);
    }

    private sealed class LastPod(LoadBalancerOptions options) : SubchannelsLoadBalancer(options.Controller, options.LoggerFactory)
    {
        protected override SubchannelPicker CreatePicker(IReadOnlyList<Subchannel> readySubchannels) => new Last(readySubchannels.MaxBy(
            static subchannel => subchannel.CurrentAddress!.Attributes.TryGetValue(BerthPolicy.PodAttribute, out PodEndpoint? pod)
                ? pod.Ordinal : -1)!);
    }

    private sealed class Last(Subchannel subchannel) : SubchannelPicker
    {
        public override PickResult Pick(PickContext context) => PickResult.ForSubchannel(subchannel);
    }
}
