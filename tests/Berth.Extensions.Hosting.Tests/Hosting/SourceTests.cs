using Berth.TestKit;
using Berth.TestKit.Dns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.Extensions.Hosting.Hosting;

/// <summary>The sources that the settings can name, each over what it really reads.</summary>
public sealed class SourceTests
{
    private const string Slices = """
        {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"7"},"items":[{
          "metadata":{"name":"service-b-x","namespace":"k8s-example2","uid":"u1","resourceVersion":"5",
            "labels":{"kubernetes.io/service-name":"service-b"}},
          "addressType":"IPv4","ports":[{"name":"","port":3000,"protocol":"TCP"}],
          "endpoints":[{"addresses":["10.88.0.10"],"conditions":{"ready":true},
            "targetRef":{"kind":"Pod","namespace":"k8s-example2","name":"service-b-2","uid":"p2"}}]}]}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kubernetes_is_read_through_the_kubeconfig_of_the_settings()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        api.OnList(200, Slices);
        using TestFolder folder = new();
        string kubeconfig = folder.Write("config", $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],
             "clusters":[{"name":"c","cluster":{"server":"{{{api.Address}}}"}}],"users":[{"name":"u","user":{}}]}
            """);
        using IHost host = await StartAsync(("Berth:Source", "Kubernetes"), ("Berth:Kubernetes:Kubeconfig", kubeconfig));
        EndpointSnapshot snapshot = await host.Services.GetRequiredService<EndpointView>().GetEndpointsAsync(Stop);
        Assert.Equal(["10.88.0.10:3002"], snapshot.Available.Select(static pod => pod.Authority));
    }

    [Fact]
    public async Task Addresses_outside_and_host_names_follow_from_the_settings()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        api.OnList(200, Slices);
        using TestFolder folder = new();
        string map = folder.Write("map", "10.88.0.0/16 -> 203.0.113.0/24\n");
        string kubeconfig = folder.Write("config", $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],
             "clusters":[{"name":"c","cluster":{"server":"{{{api.Address}}}"}}],"users":[{"name":"u","user":{}}]}
            """);
        using IHost host = await StartAsync(
            ("Berth:Source", "Kubernetes"), ("Berth:Kubernetes:Kubeconfig", kubeconfig), ("Berth:Kubernetes:AddressMode", "External"),
            ("Berth:Kubernetes:ExternalFrom:0", $"map={map}"), ("Berth:Kubernetes:HostTemplate", "{pod}.play.example.com"));
        EndpointSnapshot snapshot = await host.Services.GetRequiredService<EndpointView>().GetEndpointsAsync(Stop);
        PodEndpoint pod = Assert.Single(snapshot.Available);
        Assert.Equal(("203.0.113.10:3002", "service-b-2.play.example.com"), (pod.Authority, pod.Host));
    }

    [Theory]
    [InlineData("Berth:Kubernetes:ExternalFrom:0", "dns", "'dns'")]
    [InlineData("Berth:Kubernetes:ExternalFrom:0", "map=/none/map", "/none/map")]
    [InlineData("Berth:Kubernetes:HostTemplate", "{pood}.play.example.com", "pood")]
    public async Task Faults_of_addresses_outside_are_reported_at_the_start(string key, string value, string words)
    {
        Exception fault = await Assert.ThrowsAnyAsync<Exception>(
            () => StartAsync(("Berth:Source", "Kubernetes"), ("Berth:Kubernetes:AddressMode", "External"), (key, value)));
        Assert.Contains(words, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_of_the_source_Dns_come_from_the_servers_of_the_settings()
    {
        await using ScriptedDnsServer server = new(TestZone.Headless(TestZone.Pods(3)));
        using IHost host = await StartAsync(("Berth:Source", "Dns"), ("Berth:Dns:Servers:0", server.EndPoint.ToString()));
        EndpointSnapshot snapshot = await host.Services.GetRequiredService<EndpointView>().GetEndpointsAsync(Stop);
        Assert.Equal(
            ["10.88.0.10:3000", "10.88.0.11:3001", "10.88.0.12:3002"], snapshot.Available.Select(static pod => pod.Authority));
    }

    [Fact]
    public async Task A_dns_server_that_does_not_answer_is_named()
    {
        using IHost host = await StartAsync(
            ("Berth:Source", "Dns"), ("Berth:Dns:Servers:0", $"127.0.0.1:{FreePorts.Take()}"));
        EndpointView view = host.Services.GetRequiredService<EndpointView>();
        // Nothing listens there: the failure says which server was asked.
        await view.WaitForChangeAsync(null, Stop).WaitAsync(Wait.Limit, Stop);
        Assert.Contains("127.0.0.1", view.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_read_again_when_it_changes()
    {
        using TestFolder folder = new();
        string path = folder.Write("pods.json", """{"k8s-example2/service-b": {"service-b-0": "10.88.0.10"}}""");
        using IHost host = await StartAsync(
            ("Berth:Source", "File"), ("Berth:File:Path", path), ("Berth:File:Period", "00:00:00.0200000"));
        EndpointView view = host.Services.GetRequiredService<EndpointView>();
        Assert.Equal(["10.88.0.10:3000"], (await view.GetEndpointsAsync(Stop)).Available.Select(static pod => pod.Authority));

        folder.Write(
            "pods.json", """{"k8s-example2/service-b": {"service-b-0": "10.88.0.10", "service-b-1": "10.88.0.11:9000",},} // two""");
        EndpointSnapshot two = await PushableSource.WaitForAsync(view, static s => s.Available.Count == 2, Stop);
        Assert.Equal("10.88.0.11:9000", two.FindByOrdinal(1)!.Authority);
        folder.Write("pods.json", """{"k8s-example2/service-b": {}}""");
        await PushableSource.WaitForAsync(view, static s => s.Endpoints.Count == 0, Stop);
    }

    [Theory]
    [InlineData("{", "is not JSON")]
    [InlineData("[]", "it is not a JSON object of targets")]
    [InlineData("""{"k8s-example2/other": {}}""", "it does not have \"k8s-example2/service-b\"")]
    [InlineData("""{"k8s-example2/service-b": 3}""", "\"k8s-example2/service-b\" is not a JSON object of pods")]
    [InlineData("""{"k8s-example2/service-b": {"service-b": "10.0.0.1"}}""", "the pod service-b of k8s-example2/service-b cannot be used")]
    [InlineData("""{"k8s-example2/service-b": {"service-b-0": 7}}""", "'7' is not an address")]
    public async Task A_file_that_cannot_be_used_keeps_the_last_pods_and_is_reported(string content, string fault)
    {
        using TestFolder folder = new();
        string path = folder.Write("pods.json", """{"k8s-example2/service-b": {"service-b-0": "10.88.0.10"}}""");
        using IHost host = await StartAsync(
            ("Berth:Source", "File"), ("Berth:File:Path", path), ("Berth:File:Period", "00:00:00.0200000"));
        EndpointView view = host.Services.GetRequiredService<EndpointView>();
        await view.GetEndpointsAsync(Stop);

        folder.Write("pods.json", content);
        EndpointSnapshot stale = await PushableSource.WaitForAsync(view, static s => s.IsStale, Stop);
        Assert.Single(stale.Available);
        Assert.Contains(path, stale.StaleReason, StringComparison.Ordinal);
        Assert.Contains(fault, stale.StaleReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_reported()
    {
        using IHost host = await StartAsync(("Berth:Source", "File"), ("Berth:File:Path", "/none/pods.json"));
        EndpointView view = host.Services.GetRequiredService<EndpointView>();
        await view.WaitForChangeAsync(null, Stop).WaitAsync(Wait.Limit, Stop);
        Assert.StartsWith("The file '/none/pods.json' of pods cannot be read:", view.Failure!.Message, StringComparison.Ordinal);
    }

    private static async Task<IHost> StartAsync(params IEnumerable<(string Key, string? Value)> settings)
    {
        // The bound is that of all tests: the default of 10 s is short for a first list on a machine that does much else.
        HostApplicationBuilder builder = Settings.Lobbying(settings.Concat(
            [
                ("Berth:Views:lobby:Pods:service-b-0", null), ("Berth:Views:lobby:Pods:service-b-2", null),
                ("Berth:FirstSnapshotTimeout", Wait.Limit.ToString()),
            ]));
        builder.AddBerthView("lobby");
        IHost host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }
}
