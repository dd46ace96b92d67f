using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>Numbers and addresses of Services, as a Kubernetes 1.36.2 gives and refuses them.</summary>
public sealed class ServiceTests
{
    private const string Services = "/api/v1/namespaces/k8s-example2/services";

    [Theory]
    [InlineData("NodePort")]
    [InlineData("LoadBalancer")]
    public async Task One_number_serves_both_protocols_of_a_port(string type)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode given) = await CreateAsync(test, "given", $$"""
            {"type":"{{type}}","ports":[
              {"name":"u","protocol":"UDP","port":5060,"nodePort":30060},{"name":"t","port":5060,"nodePort":30060}]}
            """);
        Assert.Equal((HttpStatusCode.Created, "30060 30060"), (status, Numbers(given)));

        // Without a number they get one together; a number of only one of them is the other's too.
        (_, JsonNode free) = await CreateAsync(test, "free", $$"""
            {"type":"{{type}}","ports":[{"name":"u","protocol":"UDP","port":5060},{"name":"t","port":5060},{"name":"o","port":5061}]}
            """);
        Assert.Equal("30000 30000 30001", Numbers(free));
        (_, JsonNode ahead) = await CreateAsync(test, "ahead", $$"""
            {"type":"{{type}}","ports":[{"name":"u","protocol":"UDP","port":5060},{"name":"t","port":5060,"nodePort":30070}]}
            """);
        Assert.Equal("30070 30070", Numbers(ahead));

        // A change keeps them.
        (_, JsonNode changed) = await test.MergeAsync($"{Services}/free", """{"metadata":{"labels":{"a":"b"}}}""");
        Assert.Equal("30000 30000 30001", Numbers(changed));
    }

    [Fact]
    public async Task Number_of_another_service_is_taken_whatever_the_protocol()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        await CreateAsync(test, "a", """{"type":"NodePort","ports":[{"protocol":"UDP","port":5060,"nodePort":30061}]}""");
        (HttpStatusCode status, JsonNode body) = await CreateAsync(
            test, "b", """{"type":"NodePort","ports":[{"port":5060,"nodePort":30061}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30061: provided port is already allocated",
            (string?)body["message"]);
    }

    [Theory]
    [InlineData("10.96.1.1", "provided IP is already allocated")]
    [InlineData("10.112.0.1", "the provided network does not match the current range")]
    [InlineData("192.168.1.1", "the provided network does not match the current range")]
    [InlineData("2001:db8::1", "the provided network does not match the current range")]
    public async Task Address_of_ones_own_choice_is_free_and_of_the_range(string address, string why)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await CreateAsync(test, "a", """{"clusterIP":"10.96.1.1","ports":[{"port":1}]}""");
        Assert.Equal((HttpStatusCode.Created, "10.96.1.1"), (status, (string?)body["spec"]!["clusterIP"]));
        (status, body) = await CreateAsync(test, "b", $$"""{"clusterIP":"{{address}}","ports":[{"port":1}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            $"Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"{address}\"]: failed to allocate IP {address}: {why}",
            (string?)body["message"]);
    }

    [Fact]
    public async Task Address_that_is_given_passes_over_those_of_own_choice()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode first) = await CreateAsync(test, "a", """{"ports":[{"port":1}]}""");
        string address = (string)first["spec"]!["clusterIP"]!;
        string next = address[..(address.LastIndexOf('.') + 1)]
            + (int.Parse(address[(address.LastIndexOf('.') + 1)..], System.Globalization.CultureInfo.InvariantCulture) + 1);
        await CreateAsync(test, "b", $$"""{"clusterIP":"{{next}}","ports":[{"port":1}]}""");
        (_, JsonNode third) = await CreateAsync(test, "c", """{"ports":[{"port":1}]}""");
        Assert.DoesNotContain((string)third["spec"]!["clusterIP"]!, new[] { address, next });
    }

    [Fact]
    public async Task Port_for_health_checks_is_a_node_port_too()
    {
        const string spec = """
            {"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":1,"nodePort":30001}],"healthCheckNodePort":NUMBER}
            """;
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await CreateAsync(test, "a", spec.Replace("NUMBER", "30002", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.Created, 30002), (status, (int?)body["spec"]!["healthCheckNodePort"]));
        (_, body) = await CreateAsync(test, "b", """{"type":"NodePort","ports":[{"port":1,"nodePort":30002}]}""");
        Assert.Equal(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30002: provided port is already allocated",
            (string?)body["message"]);
        (status, body) = await CreateAsync(
            test, "c", spec.Replace("30001", "30003", StringComparison.Ordinal).Replace("NUMBER", "30001", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Equal(
            "Internal error occurred: failed to allocate requested HealthCheck NodePort 30001: provided port is already allocated",
            (string?)body["message"]);
        (_, body) = await CreateAsync(test, "d", spec.Replace("30001", "30004", StringComparison.Ordinal)
            .Replace("NUMBER", "0", StringComparison.Ordinal));
        Assert.Equal(30000, (int?)body["spec"]!["healthCheckNodePort"]);
        (_, body) = await CreateAsync(test, "e", """{"healthCheckNodePort":30009,"ports":[{"port":1}]}""");
        Assert.Equal(
            "Service \"e\" is invalid: spec.healthCheckNodePort: Invalid value: 30009: "
            + "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
            (string?)body["message"]);

        // It goes with the policy that asked for it.
        (_, body) = await test.MergeAsync($"{Services}/a", """{"spec":{"externalTrafficPolicy":"Cluster"}}""");
        Assert.Null(body["spec"]!["healthCheckNodePort"]);
    }

    [Fact]
    public async Task Load_balancer_without_node_ports_has_those_that_it_asks_for()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode body) = await CreateAsync(
            test,
            "a",
            """
            {"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,"ports":[
              {"name":"x","port":1},{"name":"y","port":2,"nodePort":30010}]}
            """);
        Assert.Equal(" 30010", Numbers(body));
    }

    private static string Numbers(JsonNode service) =>
        string.Join(' ', service["spec"]!["ports"]!.AsArray().Select(port => (string?)port!["nodePort"]?.ToJsonString() ?? ""));

    private static Task<(HttpStatusCode Status, JsonNode Body)> CreateAsync(TestCluster test, string name, string spec) =>
        test.SendAsync(HttpMethod.Post, Services, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""");
}
