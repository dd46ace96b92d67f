using System.Text.Json.Nodes;
using Berth.LocalCluster.Access;
using Berth.LocalCluster.Manifests;

namespace Berth.LocalCluster.Tests.Manifests;

/// <summary>Manifests of several files are applied together, and values that are not text do not become text.</summary>
public sealed class ApplyTests
{
    private const string Namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: late}\n";

    private const string Service = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: late}\nspec: {ports: [{port: 80}]}\n";

    private const string Widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: c}\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Namespaces_come_first_over_all_texts()
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);

        ApplyResult result = cluster.Apply([(Service, "a.yaml"), (Namespace, "z.yaml")]);

        Assert.Equal(2, result.Applied);
        Assert.NotNull(cluster.Get("service", "late", "s"));
    }

    [Fact]
    public async Task Unknown_kinds_are_named_together_and_nothing_is_applied()
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);
        const string Gadget = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: j}\n";

        LocalClusterException exception = Assert.Throws<LocalClusterException>(
            () => cluster.Apply([(Namespace + "---\n" + Widget, "a.yaml"), (Gadget, "b.yaml")]));

        Assert.Contains(
            "a.yaml: no matches for kind \"Widget\" in version \"example.com/v1\". "
            + "b.yaml: no matches for kind \"Gadget\" in version \"example.com/v1\".",
            exception.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was applied.", exception.Message, StringComparison.Ordinal);
        Assert.Null(cluster.Get("namespace", null, "late"));
    }

    [Fact]
    public async Task Unknown_kinds_are_skipped_on_request()
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);

        ApplyResult result = cluster.Apply([(Widget, "a.yaml"), (Namespace, "a.yaml")], skipUnknownKinds: true);

        Assert.Equal((1, "Widget c (a.yaml)"), (result.Applied, Assert.Single(result.PassedOver)));
        Assert.NotNull(cluster.Get("namespace", null, "late"));
    }

    [Fact]
    public async Task Hooks_of_helm_test_are_passed_over()
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);
        const string Test = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n";
        const string Hook = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install}}\n";

        ApplyResult result = cluster.Apply([(Test, "a.yaml"), (Hook, "a.yaml")]);

        Assert.Equal((1, "ConfigMap t (a.yaml)"), (result.Applied, Assert.Single(result.PassedOver)));
        Assert.NotNull(cluster.Get("configmap", "default", "h"));
    }

    [Theory]
    [InlineData("metadata: {name: web, namespace: 4444}",
        "cannot unmarshal number into Go struct field ObjectMeta.metadata.namespace of type string")]
    [InlineData("metadata: {name: 53}", "cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string")]
    [InlineData("metadata: {name: web, namespace: [a]}",
        "cannot unmarshal array into Go struct field ObjectMeta.metadata.namespace of type string")]
    [InlineData("metadata: {name: web, annotations: text}",
        "cannot unmarshal string into Go struct field ObjectMeta.metadata.annotations of type map[string]string")]
    [InlineData("metadata: {name: web, annotations: [a]}",
        "cannot unmarshal array into Go struct field ObjectMeta.metadata.annotations of type map[string]string")]
    [InlineData("metadata: {name: web, annotations: {a: off}}",
        "cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string")]
    [InlineData("metadata: text", "cannot unmarshal string into Go")]
    public async Task Value_of_the_wrong_type_is_refused_with_its_path(string metadata, string expected)
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);

        LocalClusterException exception = Assert.Throws<LocalClusterException>(
            () => cluster.Apply($"apiVersion: v1\nkind: Service\n{metadata}\nspec: {{ports: [{{port: 80}}]}}\n"));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data: {a: 1}", "a document has no apiVersion, so it is no Kubernetes manifest")]
    [InlineData("apiVersion: v1\nmetadata: {name: a}", "a document has no kind, so it is no Kubernetes manifest")]
    public async Task Document_without_a_kind_is_no_manifest(string text, string expected)
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);

        Assert.Contains(expected, Assert.Throws<LocalClusterException>(() => cluster.Apply(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_of_YAML_1_1_reach_their_fields()
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);
        cluster.Apply("""
            apiVersion: v1
            kind: Pod
            metadata: {name: m, labels: &l {app: web}, annotations: {<<: *l}}
            spec:
              hostNetwork: yes
              containers: [{name: c, image: berth, ports: [{containerPort: 0x1F90}]}]
              volumes: [{name: s, secret: {secretName: none, defaultMode: 0644}}]
            """);

        JsonNode pod = JsonNode.Parse(cluster.Get("pod", "default", "m")!)!;
        Assert.Equal(420, (int)pod["spec"]!["volumes"]![0]!["secret"]!["defaultMode"]!);
        Assert.Equal(8080, (int)pod["spec"]!["containers"]![0]!["ports"]![0]!["containerPort"]!);
        Assert.True((bool)pod["spec"]!["hostNetwork"]!);
        Assert.Equal("web", (string?)pod["metadata"]!["annotations"]!["app"]);
    }

    [Theory]
    [InlineData("4444")]
    [InlineData("on")]
    [InlineData("null")]
    [InlineData("1e3")]
    public async Task Namespace_like_a_number_stays_text_in_written_kubeconfigs(string name)
    {
        await using LocalCluster cluster = await LocalCluster.StartAsync(cancellationToken: Cancelled);
        cluster.Apply($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: \"{name}\"}}\n");

        Assert.Contains(
            $"namespace: \"{name}\"", await File.ReadAllTextAsync(cluster.ServiceAccountKubeconfig(name, "default"), Cancelled),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Any_path_stays_whole_in_written_kubeconfigs()
    {
        const string Path = "/tmp/a #b: 'c' \"d\" {e}/token";
        string text = Kubeconfig.Write(new Uri("https://127.0.0.1:1"), "authority", "someone", [("tokenFile", Path)]);

        JsonObject written = Assert.Single(ManifestReader.ParseYaml(text));
        Assert.Equal(Path, (string?)written["users"]![0]!["user"]!["tokenFile"]);
    }
}
