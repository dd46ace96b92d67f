using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Access;

/// <summary>Enforced Roles: a missing rule is refused as on a real cluster.</summary>
public sealed class RbacTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";

    [Fact]
    public async Task A_service_account_may_do_what_its_Role_says_and_nothing_else()
    {
        await using TestCluster test = await StartAsync(enforce: true);
        using HttpClient account = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "service-a"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(account, Slices)).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(account, Slices + "?watch=1&timeoutSeconds=1&resourceVersion=1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(account, "/version")).Status);
        (HttpStatusCode status, JsonNode? body) = await GetAsync(account, "/api/v1/nodes");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal(
            "nodes is forbidden: User \"system:serviceaccount:k8s-example2:service-a\" cannot list resource \"nodes\" "
            + "in API group \"\" at the cluster scope",
            (string?)body!["message"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(account, Slices + "/x")).Status);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await GetAsync(account, Slices.Replace("k8s-example2", "default", StringComparison.Ordinal))).Status);
        using HttpClient other = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "default"));
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(other, Slices)).Status);

        // A rule taken away counts for the next request, and one given back too.
        test.Cluster.Delete("rolebinding", TestCluster.Namespace, "service-a");
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(account, Slices)).Status);
        test.Cluster.Apply(await File.ReadAllTextAsync(Repository.File("deploy/base/service-a.yaml"), TestCluster.Token));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(account, Slices)).Status);
    }

    [Fact]
    public async Task Without_the_switch_every_valid_token_may_do_everything()
    {
        await using TestCluster test = await StartAsync(enforce: false);
        using HttpClient account = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "default"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(account, "/api/v1/nodes")).Status);
    }

    [Fact]
    public async Task The_administrator_can_ask_as_a_service_account_what_it_may()
    {
        const string reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        await using TestCluster test = await StartAsync(enforce: true);
        async Task<bool> MayAsync(string group, string resource, string verb)
        {
            string attributes = $$"""{"namespace":"k8s-example2","group":"{{group}}","resource":"{{resource}}","verb":"{{verb}}"}""";
            string review = $$$"""
                {"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{{{attributes}}}}}
                """;
            (HttpStatusCode status, JsonNode answer) = await test.SendAsync(HttpMethod.Post, reviews, review);
            Assert.Equal(HttpStatusCode.Created, status);
            return (bool)answer["status"]!["allowed"]!;
        }

        Assert.True(await MayAsync("", "pods", "delete"));
        test.Http.DefaultRequestHeaders.Add("Impersonate-User", "system:serviceaccount:k8s-example2:service-a");
        Assert.True(await MayAsync("discovery.k8s.io", "endpointslices", "watch"));
        Assert.False(await MayAsync("discovery.k8s.io", "endpointslices", "delete"));
        Assert.False(await MayAsync("", "pods", "list"));
        Assert.False(await MayAsync("", "widgets", "list"));
        Assert.Equal(HttpStatusCode.OK, (await test.GetAsync(Slices)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await test.GetAsync("/api/v1/namespaces/k8s-example2/pods")).Status);

        // Only the administrator may: a service account that says it is another stays itself.
        using HttpClient account = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "default"));
        account.DefaultRequestHeaders.Add("Impersonate-User", "kubernetes-admin");
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(account, Slices)).Status);
        test.Cluster.Apply("""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: { name: all-accounts, namespace: k8s-example2 }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: service-a }
            subjects: [{ kind: Group, name: "system:serviceaccounts:k8s-example2", apiGroup: rbac.authorization.k8s.io }]
            """);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(account, Slices)).Status);
    }

    private static Task<TestCluster> StartAsync(bool enforce) => TestCluster.StartAsync(new LocalClusterOptions
    {
        RunProcesses = false,
        EnforceRbac = enforce,
        Manifests = [.. Directory.GetFiles(Repository.File("deploy/base"), "*.yaml")
            .Order(StringComparer.Ordinal)
            .Where(file => !file.EndsWith("kustomization.yaml", StringComparison.Ordinal))
            .Select(File.ReadAllText)],
    });

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(HttpClient client, string path)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), TestCluster.Token);
        string text = await response.Content.ReadAsStringAsync(TestCluster.Token);
        return (response.StatusCode, text.StartsWith('{') && !text.Contains('\n', StringComparison.Ordinal) ? JsonNode.Parse(text) : null);
    }
}
