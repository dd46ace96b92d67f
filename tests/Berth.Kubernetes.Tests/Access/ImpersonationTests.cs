using Berth.Kubernetes.Tests.Http;

namespace Berth.Kubernetes.Tests.Access;

public sealed class ImpersonationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task All_four_headers_are_sent()
    {
        string headers = await AskAsync("""
            as: jane
                as-uid: "42"
                as-groups: ["system:masters"]
                as-user-extra: {scopes: [view], "acme.com/Ä x": [one]}
            """);

        Assert.Equal(
            "Impersonate-Extra-acme.com%2F%C3%84%20x=one;Impersonate-Extra-scopes=view;Impersonate-Group=system:masters;"
                + "Impersonate-Uid=42;Impersonate-User=jane",
            headers);
    }

    [Fact]
    public async Task Empty_values_impersonate_no_user() =>
        Assert.Equal("", await AskAsync("as: \"\"\n    as-uid: \"\"\n    as-groups: []\n    as-user-extra: {}"));

    public void Dispose() => _folder.Dispose();

    private async Task<string> AskAsync(string user)
    {
        await using TestServer server =
            await TestServer.StartAsync(static context => TestServer.JsonAsync(context, 200, "\"" + string.Join(';', context.Request.Headers
            .Where(static header => header.Key.StartsWith("Impersonate", StringComparison.Ordinal)).OrderBy(
                static header => header.Key, StringComparer.Ordinal)
            .Select(static header => $"{header.Key}={string.Join(',', header.Value.ToArray())}")) + "\""));
        ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions
        {
            Kubeconfig = _folder.Write("config", KubeconfigTests.Config($"server: {server.Address}", user)),
        });
        using ApiHarness harness = new(access);
        return (await harness.TextAsync("/version")).Trim('"');
    }
}
