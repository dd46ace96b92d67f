using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>The defaults and refusals of volumes, as in Kubernetes 1.36.2.</summary>
public sealed class VolumeTests
{
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private const string Octal = "must be a number between 0 and 0777 (octal), both inclusive";

    [Fact]
    public async Task Volumes_get_the_values_that_a_real_server_fills_in()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode pod) = await CreateAsync(
            test,
            """
            [{"name":"s","secret":{"secretName":"x"}},{"name":"c","configMap":{"name":"x"}},{"name":"h","hostPath":{"path":"/x"}},
             {"name":"d","downwardAPI":{"items":[{"path":"p","resourceFieldRef":{"containerName":"c","resource":"limits.cpu"}}]}},
             {"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}},
             {"name":"o","secret":{"secretName":"x","defaultMode":0}}]
            """);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(
            """
            [{"name":"s","secret":{"secretName":"x","defaultMode":420}},{"name":"c","configMap":{"name":"x","defaultMode":420}},
            {"name":"h","hostPath":{"path":"/x","type":""}},
            {"name":"d","downwardAPI":{"items":[{"path":"p","resourceFieldRef":
            {"containerName":"c","resource":"limits.cpu","divisor":"0"}}],"defaultMode":420}},
            {"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"t","expirationSeconds":3600}}],"defaultMode":420}},
            {"name":"o","secret":{"secretName":"x","defaultMode":0}}]
            """.Replace("\n", "", StringComparison.Ordinal),
            pod["spec"]!["volumes"]!.ToJsonString());
    }

    [Theory]
    [InlineData(777)]
    [InlineData(512)]
    [InlineData(-1)]
    public async Task Mode_beyond_0777_is_refused(int mode)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string fault = $"Invalid value: {mode}: {Octal}";
        (HttpStatusCode status, JsonNode body) = await CreateAsync(
            test,
            """
            [{"name":"s","secret":{"secretName":"x","defaultMode":#,"items":[{"key":"k","path":"p","mode":#}]}},
             {"name":"c","configMap":{"name":"x","defaultMode":#}},{"name":"d","downwardAPI":{"defaultMode":#}},
             {"name":"p","projected":{"defaultMode":#,"sources":[{"configMap":{"name":"x","items":[{"key":"k","path":"p","mode":#}]}}]}}]
            """.Replace("#", mode.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            $"Pod \"p\" is invalid: [spec.volumes[0].secret.defaultMode: {fault}, spec.volumes[0].secret.items[0].mode: {fault}, "
            + $"spec.volumes[1].configMap.defaultMode: {fault}, spec.volumes[2].downwardAPI.defaultMode: {fault}, "
            + $"spec.volumes[3].projected.defaultMode: {fault}, spec.volumes[3].projected.sources[0].configMap.items[0].mode: {fault}]",
            (string?)body["message"]);
    }

    private static Task<(HttpStatusCode Status, JsonNode Body)> CreateAsync(TestCluster test, string volumes) => test.SendAsync(
        HttpMethod.Post,
        Pods,
        $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"x"}],"volumes":{{{volumes}}}}}""");
}
