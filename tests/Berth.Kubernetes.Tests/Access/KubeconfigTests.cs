using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Berth.Kubernetes.Tests.Access;

public sealed class KubeconfigTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task Reads_a_token_a_CA_and_a_namespace()
    {
        string path = _folder.Write(
            "config",
            Config($"server: https://api.example:6443/prefix\n    certificate-authority-data: {Base64(_authority.Pem)}", "token: abc"));
        ClusterAccess access = Load(path);

        Assert.Equal(new Uri("https://api.example:6443/prefix"), access.Server);
        Assert.Equal("games", access.Namespace);
        Assert.Equal($"kubeconfig {path}, context dev", access.Source);
        Assert.Equal("abc", await TokenFileTests.ReadAsync(access.Credentials));
        Assert.Equal(_authority.Pem, access.Trust.AuthorityPem());
    }

    [Fact]
    public async Task Paths_are_relative_to_the_file_they_stand_in()
    {
        _folder.Write("sub/pki/ca.crt", _authority.Pem);
        _folder.Write("sub/token", "from-file\n");
        string path = _folder.Write(
            "sub/config", Config("server: https://a\n    certificate-authority: pki/ca.crt", "tokenFile: ./token\n    token: ignored"));
        ClusterAccess access = Load(path);

        Assert.Equal("from-file", await TokenFileTests.ReadAsync(access.Credentials));
        Assert.Equal(_folder["sub/pki/ca.crt"], access.Trust.AuthorityName);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reads_a_client_certificate_from_files_or_data(bool data)
    {
        using X509Certificate2 certificate = _authority.Client("me");
        string pem = certificate.ExportCertificatePem(), key = TestAuthority.KeyPem(certificate);
        _folder.Write("me.crt", pem);
        _folder.Write("me.key", key);
        string path = _folder.Write("config", Config("server: https://a", data
            ? $"client-certificate-data: {Base64(pem)}\n    client-key-data: {Base64(key)}"
            : "client-certificate: me.crt\n    client-key: me.key"));

        Assert.Equal(certificate.Thumbprint, Load(path).Certificate!.Thumbprint);
    }

    [Fact]
    public async Task Reads_a_user_name_and_password()
    {
        string path = _folder.Write("config", Config("server: https://a", "username: me\n    password: 'p:w'"));

        Assert.Equal(Base64("me:p:w"), await TokenFileTests.ReadAsync(Load(path).Credentials));
    }

    [Fact]
    public void Reads_the_server_name_and_the_skipping_of_the_verification()
    {
        string named = _folder.Write("named", Config("server: https://a\n    tls-server-name: kubernetes.default", "token: abc"));
        string skipping = _folder.Write("skipping", Config("server: https://a\n    insecure-skip-tls-verify: true", "token: abc"));

        Assert.Equal("kubernetes.default", Load(named).Trust.ServerName);
        Assert.False(Load(named).Trust.SkipVerify);
        Assert.True(Load(skipping).Trust.SkipVerify);
    }

    [Fact]
    public void Reads_JSON_too()
    {
        string path = _folder.Write("config", """
            {"kind":"Config","apiVersion":"v1","current-context":"c","preferences":{},"users":null,
             "contexts":[{"name":"c","context":{"cluster":"c","user":""}}],
             "clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:8001"}}]}
            """);

        Assert.Equal(new Uri("http://127.0.0.1:8001"), Load(path).Server);
    }

    [Fact]
    public async Task Merges_several_files_as_kubectl_does()
    {
        string first = _folder.Write(
            "first",
            "contexts: [{name: both, context: {cluster: c, user: u, namespace: first}}]\nusers: [{name: u, user: {token: first}}]");
        string second = _folder.Write("second", """
            current-context: both
            contexts: [{name: both, context: {cluster: other, user: u, namespace: second}}, {name: two, context: {cluster: c}}]
            users: [{name: u, user: {token: second}}]
            clusters: [{name: c, cluster: {server: "https://second"}}]
            """);
        string third = _folder.Write("third", "current-context: two");
        ClusterAccess access = Find($"{first}:{_folder["absent"]}::{second}:{third}");

        Assert.Equal(("first", new Uri("https://second")), (access.Namespace, access.Server));
        Assert.Equal("first", await TokenFileTests.ReadAsync(access.Credentials));
        Assert.Equal($"kubeconfig {first}:{second}:{third}, context both", access.Source);
        Assert.Equal("default", Find($"{first}:{second}", "two").Namespace);
    }

    [Theory]
    [InlineData("server: https://a", "token: abc", "nowhere", "has no context \"nowhere\". Choose one of: dev, empty.")]
    [InlineData("server: https://a", "token: abc", "empty", "context \"empty\" names no cluster")]
    [InlineData("name: x", "token: abc", null, "cluster \"c\" has no server")]
    [InlineData("server: api.example:6443", "token: abc", null, "not an address of the form https://HOST:PORT")]
    [InlineData("server: https://me:pw@api.example", "token: abc", null, "may have only scheme, host, port and path")]
    [InlineData("server: [a]", "token: abc", null, "line 6: server must be a single value")]
    [InlineData("server: https://a\n    proxy-url: socks5://proxy", "token: abc", null,
        "names a socks5:// proxy, and Berth supports only http:// ones")]
    [InlineData("server: https://a\n    proxy-url: 'http://'", "token: abc", null,
        "is not the address of a proxy. Write it as http://HOST:PORT")]
    [InlineData("server: https://a\n    insecure-skip-tls-verify: perhaps", "token: abc", null,
        "insecure-skip-tls-verify must be true or false")]
    [InlineData("server: https://a\n    certificate-authority-data: '***'", "token: abc", null,
        "certificate-authority-data of cluster \"c\"")]
    [InlineData("server: https://a\n    certificate-authority-data: aGVsbG8=", "token: abc", null, "contains no certificate")]
    [InlineData("server: https://a\n    certificate-authority: absent.crt", "token: abc", null,
        "absent.crt, named as certificate-authority of cluster \"c\"")]
    [InlineData("server: http://a\n    certificate-authority-data: {CA}", "token: abc", null,
        "configured for TLS (certificate-authority or tls-server-name), but its server begins with http://")]
    [InlineData("server: https://a\n    insecure-skip-tls-verify: true\n    certificate-authority-data: {CA}", "token: abc", null,
        "both insecure-skip-tls-verify and a certificate-authority")]
    [InlineData("server: http://api.example", "token: abc", null, "would be sent to http://api.example/ unencrypted")]
    [InlineData("server: https://a", "token: abc\n    username: me", null, "both a token and a username")]
    [InlineData("server: https://a", "token: 'abc def'", null, "has a space")]
    [InlineData("server: https://a", "tokenFile: absent", null, "absent, named as the token file")]
    [InlineData("server: https://a", "auth-provider: {name: gcp}", null, "the auth-provider \"gcp\", which Kubernetes removed")]
    [InlineData("server: https://a", "auth-provider: {name: oidc, config: {client-id: x}}", null,
        "auth-provider \"oidc\" without an id-token")]
    [InlineData("server: https://a", "as: a\n    as-groups: [b, c]\n    token: abc", null,
        "gives several values of Impersonate-Group, and .NET's HTTP client")]
    [InlineData("server: https://a", "as-uid: u-1\n    token: abc", null, "has as-uid, as-groups or as-user-extra without as")]
    [InlineData("server: https://a", "as: \"a\\nb\"\n    token: abc", null, "cannot stand in a header")]
    [InlineData("server: https://a", "token: 12345", null, "token must be text, and is a number or true or false; put it in quotes")]
    [InlineData("server: https://a", "client-certificate-data: {CA}", null, "a client-certificate but no client-key")]
    [InlineData("server: https://a", "client-key-data: {CA}", null, "a client-key but no client-certificate")]
    [InlineData("server: https://a", "client-certificate-data: {CA}\n    client-key-data: aGVsbG8=", null, "it is not a PEM private key")]
    [InlineData("server: https://a", "client-certificate-data: {CA}\n    client-key-data: {OTHERKEY}", null,
        "belongs to another certificate")]
    [InlineData("server: https://a", "client-certificate-data: {CA}\n    client-key-data: {ENCRYPTED}", null, "is encrypted")]
    public void Fault_of_a_kubeconfig_is_named(string cluster, string user, string? context, string expected)
    {
        using X509Certificate2 other = _authority.Client("other");
        string Fill(string text) => text
            .Replace("{CA}", Base64(_authority.Pem), StringComparison.Ordinal)
            .Replace("{OTHERKEY}", Base64(TestAuthority.KeyPem(other)), StringComparison.Ordinal)
            .Replace(
                "{ENCRYPTED}", Base64("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
                StringComparison.Ordinal);
        string path = _folder.Write("config", Config(Fill(cluster), Fill(user)));

        ClusterAccessException e = Assert.Throws<ClusterAccessException>(() => Load(path, context));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: Config\nusers: ]\n", "is not valid YAML at line 2, column 8")]
    [InlineData("kind: Config\n\tbad: 1\n", "is not valid YAML at line")]
    [InlineData("kind: Config\nkind: Config\n", "has no current-context")]
    [InlineData("just text", "is not a kubeconfig: it must begin with")]
    [InlineData("- a\n", "is not a kubeconfig: it must begin with")]
    [InlineData("kind: Deployment\n", "its kind is Deployment, not Config")]
    [InlineData("", "has no current-context")]
    [InlineData("\0\u0001", "is not ")]
    [InlineData("contexts: {}", "line 1: contexts must be a list")]
    [InlineData("contexts: [a]", "line 1: each entry of contexts must be a mapping")]
    [InlineData("contexts: [{context: {}}]", "this entry of contexts has no name")]
    [InlineData("users:\n- name: a\n- name: a\n", "line 3: users has two entries named \"a\"")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: k}}]", "uses the cluster \"k\", which is not in")]
    [InlineData("current-context: x\nclusters: [{name: k, cluster: {server: 'https://a'}}]\ncontexts: [{name: x, context: {cluster: k,"
        + " user: z}}]", "uses the user \"z\", who is not in")]
    public void Says_what_is_wrong_with_the_file(string content, string expected)
    {
        string path = _folder.Write("config", content);

        ClusterAccessException e = Assert.Throws<ClusterAccessException>(() => Load(path));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void Survives_a_file_nested_without_end(char open)
    {
        string path = _folder.Write("config", "contexts: " + new string(open, 200_000));

        Assert.Contains("is not valid YAML", Assert.Throws<ClusterAccessException>(() => Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_file_of_more_pieces_than_any_kubeconfig_has()
    {
        string path = _folder.Write("config", "contexts:\n" + string.Concat(Enumerable.Repeat("- a\n", 600_000)));

        Assert.Contains("is not valid YAML", Assert.Throws<ClusterAccessException>(() => Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_kubeconfig_of_thousands_of_clusters()
    {
        IEnumerable<int> all = Enumerable.Range(0, 4000);
        string path = _folder.Write("config", $"""
            clusters: [{string.Join(", ", all.Select(static i => $"{{name: c{i}, cluster: {{server: 'https://c{i}:6443'}}}}"))}]
            users: [{string.Join(", ", all.Select(static i => $"{{name: u{i}, user: {{token: t{i}}}}}"))}]
            contexts: [{string.Join(", ", all.Select(static i => $"{{name: x{i}, context: {{cluster: c{i}, user: u{i}}}}}"))}]
            """);

        Assert.Equal("c3999", Load(path, "x3999").Server.Host);
    }

    [Theory]
    [InlineData("? [a, b]\n: 1\n")]
    [InlineData("? {a: b}\n: 1\n")]
    [InlineData("a: &a [b]\n*a : 1\n")]
    [InlineData("a: {{b: c}: d}\n")]
    public void Refuses_a_key_that_is_not_a_single_value(string content)
    {
        // Keys are compared with all that is in them; through aliases of aliases, that is without end.
        string path = _folder.Write("config", content);

        Assert.Contains("is not valid YAML", Assert.Throws<ClusterAccessException>(() => Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_which_files_are_missing()
    {
        string absent = _folder["absent"];
        Assert.Contains(
            $"There is no file {absent}", Assert.Throws<ClusterAccessException>(() => Load(absent)).Message, StringComparison.Ordinal);
        Assert.Contains(
            $"There is no file {absent}", Assert.Throws<ClusterAccessException>(() => Find(absent)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "None of the files in KUBECONFIG exists", Assert.Throws<ClusterAccessException>(() => Find($"{absent}:{absent}2")).Message,
            StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<ClusterAccessException>(() => Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<ClusterAccessException>(() => Find(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "No cluster is configured",
            Assert.Throws<ClusterAccessException>(() => KubernetesEndpoints.FindAccess(new ClusterAccessOptions())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_YAML_is_not_quoted()
    {
        string path = _folder.Write("config", "users: [{name: a, user: {token: very-secret\n- x: [}");

        Assert.DoesNotContain("secret", Assert.Throws<ClusterAccessException>(() => Load(path)).ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    internal static string Config(string cluster, string user) =>
        $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster:
            {{cluster}}
        users:
        - name: u
          user:
            {{user}}
        contexts:
        - name: dev
          context: {cluster: c, user: u, namespace: games}
        - name: empty
          context: {}
        current-context: dev
        """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ClusterAccess Load(string path, string? context = null) =>
        KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = path, Context = context });

    private static ClusterAccess Find(string kubeconfigs, string? context = null) => KubernetesEndpoints.FindAccess(new ClusterAccessOptions
    {
        Context = context,
        Environment = name => name == "KUBECONFIG" ? kubeconfigs : null,
    });
}
