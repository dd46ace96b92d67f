namespace Berth.Kubernetes.Tests.Access;

public sealed class InClusterAccessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]", "6443", "https://[fd00::1]:6443/")]
    [InlineData("kubernetes.default", "443", "https://kubernetes.default/")]
    public async Task Takes_the_service_account_of_the_pod(string host, string port, string server)
    {
        Mount();
        ClusterAccess access = KubernetesEndpoints.FindAccess(Options(host, port));

        Assert.Equal(new Uri(server), access.Server);
        Assert.Equal("k8s-example2", access.Namespace);
        Assert.Equal("the pod's service account", access.Source);
        Assert.Equal("pod-token", await TokenFileTests.ReadAsync(access.Credentials));
        Assert.Equal(_authority.Pem, access.Trust.AuthorityPem());
        Assert.False(access.Trust.SkipVerify);
    }

    [Fact]
    public void Does_without_a_namespace_file()
    {
        Mount();
        File.Delete(_folder["namespace"]);

        Assert.Equal("default", KubernetesEndpoints.FindAccess(Options("10.96.0.1", "443")).Namespace);
    }

    [Theory]
    [InlineData("10.96.0.1", "https", "KUBERNETES_SERVICE_PORT is \"https\"")]
    [InlineData("10.96.0.1", "0", "KUBERNETES_SERVICE_PORT is \"0\"")]
    [InlineData("10.96.0.1/x", "443", "KUBERNETES_SERVICE_HOST is \"10.96.0.1/x\"")]
    [InlineData("me@10.96.0.1", "443", "KUBERNETES_SERVICE_HOST is")]
    public void Invalid_address_is_refused(string host, string port, string expected)
    {
        Mount();

        Assert.Contains(
            expected, Assert.Throws<ClusterAccessException>(() => KubernetesEndpoints.FindAccess(Options(host, port))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Says_when_the_CA_is_missing_or_empty()
    {
        Mount();
        _folder.Write("ca.crt", "");
        Assert.Contains(
            "ca.crt contains no certificate",
            Assert.Throws<ClusterAccessException>(() => KubernetesEndpoints.FindAccess(Options("10.96.0.1", "443"))).Message,
            StringComparison.Ordinal);
        File.Delete(_folder["ca.crt"]);
        Assert.Contains(
            "There is no file",
            Assert.Throws<ClusterAccessException>(() => KubernetesEndpoints.FindAccess(Options("10.96.0.1", "443"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_a_pod_without_a_token_has_none_mounted()
    {
        ClusterAccessException e = Assert.Throws<ClusterAccessException>(() => KubernetesEndpoints.FindAccess(Options("10.96.0.1", "443")));

        Assert.Contains("automountServiceAccountToken", e.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Root, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Chooses_in_the_documented_order()
    {
        Mount();
        string home = _folder["home"];
        _folder.Write("home/.kube/config", Config("home"));
        string listed = _folder.Write("listed", Config("listed"));
        string named = _folder.Write("named", Config("named"));
        Dictionary<string, string?> environment = new() { ["HOME"] = home };
        Uri Chosen(string? kubeconfig = null, string? context = null) => KubernetesEndpoints.FindAccess(new ClusterAccessOptions
        {
            Kubeconfig = kubeconfig,
            Context = context,
            Environment = environment.GetValueOrDefault,
            ServiceAccountFolder = _folder.Root,
        }).Server;

        Assert.Equal("home", Chosen().Host);
        environment["KUBERNETES_SERVICE_HOST"] = "pod";
        environment["KUBERNETES_SERVICE_PORT"] = "443";
        Assert.Equal("pod", Chosen().Host);
        Assert.Equal("home", Chosen(context: "home").Host);
        environment["KUBECONFIG"] = listed;
        Assert.Equal("listed", Chosen().Host);
        Assert.Equal("named", Chosen(named).Host);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    private static string Config(string name) =>
        $$"""
        current-context: {{name}}
        contexts: [{name: {{name}}, context: {cluster: {{name}} } }]
        clusters: [{name: {{name}}, cluster: {server: "https://{{name}}" } }]
        """;

    private void Mount()
    {
        _folder.Write("token", "pod-token\n");
        _folder.Write("ca.crt", _authority.Pem);
        _folder.Write("namespace", "k8s-example2");
    }

    private ClusterAccessOptions Options(string host, string port) => new()
    {
        Environment = name => name switch
        {
            "KUBERNETES_SERVICE_HOST" => host,
            "KUBERNETES_SERVICE_PORT" => port,
            "HOME" => _folder["no-one"],
            _ => null,
        },
        ServiceAccountFolder = _folder.Root,
    };
}
