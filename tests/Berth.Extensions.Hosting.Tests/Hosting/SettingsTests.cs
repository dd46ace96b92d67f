using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Hosting;

public sealed class SettingsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_comes_from_its_section()
    {
        HostApplicationBuilder builder = Settings.Lobbying();
        builder.AddBerthView("lobby");
        using IHost host = builder.Build();
        await host.StartAsync(Stop);
        EndpointView view = host.Services.GetRequiredService<EndpointView>();
        Assert.Same(view, host.Services.GetRequiredKeyedService<EndpointView>("lobby"));
        EndpointSnapshot snapshot = await view.GetEndpointsAsync(Stop);
        Assert.Equal(["10.77.0.1:3000", "10.77.0.2:5000"], snapshot.Available.Select(static pod => pod.Authority));
        Assert.Equal("service-b-2", snapshot.FindByOrdinal(2)!.Name);
    }

    [Fact]
    public async Task Section_Berth_applies_to_all_views()
    {
        HostApplicationBuilder builder = Settings.Lobbying(
            ("Berth:Views:lobby:Namespace", null), ("Berth:Namespace", "k8s-example2"), ("Berth:Stride", "10"),
            ("Berth:Views:arena:Service", "arena"), ("Berth:Views:arena:BasePort", "4000"), ("Berth:Views:arena:Stride", "2"));
        builder.AddBerthView("lobby");
        builder.AddKeyedBerthView("arena", static arena => arena.BasePort = 4100);
        using IHost host = builder.Build();
        await host.StartAsync(Stop);
        EndpointView lobby = host.Services.GetRequiredService<EndpointView>();
        EndpointView arena = host.Services.GetRequiredKeyedService<EndpointView>("arena");
        Assert.Equal((new("k8s-example2", "service-b"), PortScheme.PerOrdinal(3000, 10)), (lobby.Target, lobby.Ports));
        Assert.Equal((new("k8s-example2", "arena"), PortScheme.PerOrdinal(4100, 2)), (arena.Target, arena.Ports));
    }

    [Fact]
    public async Task Ports_are_computed_in_one_of_four_ways()
    {
        HostApplicationBuilder builder = Settings.Builder(
            ("Berth:Source", "Static"), ("Berth:Namespace", "k8s-example2"),
            ("Berth:Views:named:Service", "a"), ("Berth:Views:named:Ports:0:Name", "game"), ("Berth:Views:named:Ports:0:Base", "3000"),
            ("Berth:Views:named:Ports:0:Protocol", "UDP"), ("Berth:Views:named:Ports:1:Name", "admin"),
            ("Berth:Views:named:Ports:1:Base", "4000"),
            ("Berth:Views:fixed:Service", "b"), ("Berth:Views:fixed:FixedPort", "7000"),
            ("Berth:Views:service:Service", "c"), ("Berth:Views:service:PortsFromService", "true"));
        foreach (string view in new[] { "named", "fixed", "service" })
            builder.AddKeyedBerthView(view);
        using IHost host = builder.Build();
        await host.StartAsync(Stop);
        Assert.Equal(
            PortScheme.PerOrdinal([new EndpointPort("game", 3000, "UDP"), new EndpointPort("admin", 4000)]),
            host.Services.GetRequiredKeyedService<EndpointView>("named").Ports);
        Assert.Equal(PortScheme.Fixed(7000), host.Services.GetRequiredKeyedService<EndpointView>("fixed").Ports);
        Assert.Equal(PortScheme.FromService(), host.Services.GetRequiredKeyedService<EndpointView>("service").Ports);
    }

    [Fact]
    public async Task An_empty_section_is_valid_for_the_directory()
    {
        HostApplicationBuilder builder = Settings.Builder();
        builder.AddBerth();
        using IHost host = builder.Build();
        await host.StartAsync(Stop);
        Assert.Equal("Kubernetes", host.Services.GetRequiredService<IOptions<BerthSettings>>().Value.Source);
    }

    [Fact]
    public async Task Configuration_that_is_added_after_the_view_is_heard()
    {
        HostApplicationBuilder builder = Settings.Builder();
        builder.AddBerthView("lobby");
        foreach ((string key, string? value) in Settings.Lobby)
            builder.Configuration[key] = value;
        using IHost host = builder.Build();
        await host.StartAsync(Stop);
        Assert.Equal(2, (await host.Services.GetRequiredService<EndpointView>().GetEndpointsAsync(Stop)).Available.Count);
    }

    [Theory]
    [InlineData("Berth:Views:lobby:Namespace", null, "Berth:Views:lobby:Namespace is missing. Set it to the namespace of the Service.")]
    [InlineData("Berth:Views:lobby:Service", "", "Berth:Views:lobby:Service is missing. Set it to the name of the Service.")]
    [InlineData("Berth:Views:lobby:Service", "Service_B", "Berth:Views:lobby:Service is 'Service_B', which contains 'S'")]
    [InlineData("Berth:Views:lobby:BasePort", null, "Berth:Views:lobby:BasePort is missing. Set it to the port of ordinal 0, or")]
    [InlineData("Berth:Views:lobby:BasePort", "70000", "Berth:Views:lobby:BasePort is 70000. Give 1 to 65535.")]
    [InlineData("Berth:Views:lobby:Stride", "0", "Berth:Views:lobby:Stride is 0. Give 1 to 65535.")]
    [InlineData("Berth:Views:lobby:FixedPort", "7000", "Berth:Views:lobby computes ports in 2 ways: BasePort, FixedPort. Keep one")]
    [InlineData("Berth:Views:lobby:Ports:0:Base", "1", "Berth:Views:lobby:Ports:0:Name is missing.")]
    [InlineData("Berth:Views:lobby:Pods:service-b-1", "10.77", "Berth:Views:lobby:Pods:service-b-1 cannot be used: '10.77' is not")]
    [InlineData("Berth:Views:lobby:Pods:service-b", "10.77.0.1", "Berth:Views:lobby:Pods:service-b cannot be used: 'service-b'")]
    [InlineData("Berth:Views:lobby:BasPort", "3000", "Berth:Views:lobby:BasPort is not a setting. Known below Berth:Views:lobby are")]
    [InlineData("Berth:Views:lobby:Ports:0:Bas", "1", "Berth:Views:lobby:Ports:0:Bas is not a setting.")]
    [InlineData("Berth:Sorce", "Static", "Berth:Sorce is not a setting. Known below Berth are Source,")]
    [InlineData("Berth:Veiws:lobby:BasePort", "3000", "Berth:Veiws is not a setting.")]
    [InlineData("Berth:Kubernetes:Kubeconf", "x", "Berth:Kubernetes:Kubeconf is not a setting. Known below Berth:Kubernetes")]
    [InlineData("Berth:Source", "Consul", "Berth:Source is 'Consul', and no source has that name. Give one of Kubernetes, Dns,")]
    [InlineData("Berth:MaxStale", "-00:00:01", "Berth:MaxStale is -00:00:01. Give a duration above zero, or null for no limit.")]
    public async Task A_fault_stops_the_start_and_names_its_path(string key, string? value, string sentence)
    {
        HostApplicationBuilder builder = Settings.Lobbying((key, value));
        builder.AddBerthView("lobby");
        using IHost host = builder.Build();
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Stop));
        Assert.Contains(sentence, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dns", "Berth:Dns:Servers:0", "dns.example", "Berth:Dns:Servers:0 is 'dns.example'. Give an address, with or")]
    [InlineData("dns", "Berth:Dns:ServicePorts:0", "game/XTP", "Berth:Dns: The protocol 'XTP' of port 'game' is not TCP, UDP or SCTP.")]
    [InlineData("Dns", "Berth:Dns:ClusterDomain", ".x", "Berth:Dns: The cluster domain '.x' is not a DNS name.")]
    [InlineData("File", "Berth:File:Period", "00:00:01", "Berth:File:Path is missing. Set it to the path of a JSON file of pods.")]
    [InlineData("File", "Berth:File:Period", "2.00:00:00", "Berth:File:Period is 2.00:00:00. Give a duration above zero")]
    [InlineData("Kubernetes", "Berth:Kubernetes:AddressMode", "7", "Berth:Kubernetes:AddressMode is 7. Give Internal, External, External")]
    [InlineData("Kubernetes", "Berth:Kubernetes:Kubeconfig", "/none/x", "/none/x")]
    public async Task A_fault_of_a_source_stops_the_start_and_names_its_path(string source, string key, string value, string sentence)
    {
        HostApplicationBuilder builder = Settings.Lobbying(("Berth:Source", source), (key, value));
        builder.AddBerthView("lobby");
        using IHost host = builder.Build();
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Stop));
        Assert.Contains(sentence, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Berth:MaxStale", "soon")]
    [InlineData("Berth:Views:lobby:BasePort", "three")]
    [InlineData("Berth:Kubernetes:AddressMode", "Outside")]
    public async Task A_value_that_cannot_be_read_is_named_by_its_path(string key, string value)
    {
        HostApplicationBuilder builder = Settings.Lobbying((key, value));
        builder.AddBerthView("lobby");
        using IHost host = builder.Build();
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Stop));
        Assert.Contains(key, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    public async Task A_last_resort_is_a_setting(string value, int available)
    {
        await using PodRig rig = new();
        rig.Builder.Configuration["Berth:LastResort"] = value;
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0, ready: false)]);
        Assert.Equal(available, rig.View.Current!.Available.Count);
    }

    [Fact]
    public async Task All_faults_of_a_view_are_told_at_once()
    {
        HostApplicationBuilder builder = Settings.Builder(("Berth:Source", "Static"));
        builder.AddBerthView("lobby");
        using IHost host = builder.Build();
        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Stop));
        Assert.Equal(3, exception.Failures.Count());
    }
}
