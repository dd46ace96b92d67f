using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Cli.Files;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The Helm chart: its defaults are the manifests of deploy/base, and wrong values are refused.</summary>
public sealed partial class ChartTests
{
    private const string EverySwitch = """
        {"address":"external-or-internal","picker":"sticky","tls":{"secretName":"web"},"podDisruptionBudget":{"enabled":true},
        "targets":[{"service":"a"},{"service":"b","namespace":"games"},{"service":"c","namespace":"games"}],
        "basePort":"game=4000,admin=5000/TCP","extraArgs":["--log-level","debug"],"replicas":2,
        "externalFrom":["map=/etc/berth/map/map","external-ip"],"addressMap":"outside","hostTemplate":"{pod}.play.example.com",
        "ping":"edge/ping:9500","tokens":{"secretName":"tokens"},
        "limits":{"requests":20,"burst":40,"connections":50,"watchers":5,"maxConnections":1000000,
        "trustedProxies":["10.0.0.0/8","fd00::/8"]}}
        """;

    private static readonly string[] s_variables =
    [
        "BERTH_PICKER", "BERTH_ADDRESS", "BERTH_TLS_CERT", "BERTH_TLS_KEY", "BERTH_EXTERNAL_FROM", "BERTH_HOST_TEMPLATE", "BERTH_PING",
        "BERTH_TOKEN_FILE", "BERTH_CLIENT_REQUESTS", "BERTH_CLIENT_BURST", "BERTH_CLIENT_CONNECTIONS", "BERTH_CLIENT_WATCHERS",
        "BERTH_MAX_CONNECTIONS", "BERTH_TRUSTED_PROXY",
    ];

    private static readonly string[] s_labelsOfHelm =
    [
        "helm.sh/chart", "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version",
        "app.kubernetes.io/managed-by",
    ];

    [Fact]
    public async Task Default_values_make_the_base_object_for_object()
    {
        Dictionary<string, string> chart = Canonical(await Helm.TemplateAsync("namespace.create=true"));

        Dictionary<string, string> manifests = Canonical(
            [
                .. Directory.GetFiles(Path.Combine(Checkout.Root, "deploy", "base"), "*.yaml")
                    .SelectMany(static f => Helm.Load(File.ReadAllText(f))).Where(static o => Text(o, "kind") != "Kustomization"),
            ]);
        Assert.Equal(manifests.Keys.Order(StringComparer.Ordinal), chart.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifests, pair => Assert.Equal(pair.Value, chart[pair.Key]));
    }

    [Theory]
    [InlineData("seats", "{\"enabled\":true}")]
    [InlineData("seats-tls", "{\"enabled\":true,\"tls\":{\"secretName\":\"desk-tls\",\"name\":\"desk.k8s-example2\"}}")]
    public async Task Seats_make_the_objects_of_their_overlay(string overlay, string values)
    {
        Helm.Require();
        Assert.SkipUnless(HasKubectl(), "kubectl is not on the PATH.");
        Dictionary<string, string> chart = Canonical(
            await Helm.TemplateAsync("namespace.create=true", $"seats={values}"), inOrder: false);

        (string text, _) = Assert.Single(ManifestFiles.Read(Path.Combine(Checkout.Root, "deploy", "overlays", overlay)));
        Dictionary<string, string> manifests = Canonical(Helm.Load(text), inOrder: false);
        Assert.Equal(manifests.Keys.Order(StringComparer.Ordinal), chart.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifests, pair => Assert.Equal(pair.Value, chart[pair.Key]));
    }

    [Fact]
    public async Task Keys_of_seats_make_their_Secret()
    {
        IReadOnlyList<YamlMappingNode> objects = await Helm.TemplateAsync(
            "seats={\"enabled\":true,\"keys\":\"k1=AAAA\\n\",\"policy\":\"sticky\"}", "dispatch.picker=\"seats\"");

        YamlMappingNode secret = Assert.Single(objects, static o => Text(o, "kind") == "Secret");
        Assert.Equal(("seat-keys", "k1=AAAA\n"), (Text(At(secret, "metadata"), "name"), Text(At(secret, "stringData"), "keys")));
        YamlMappingNode container = (YamlMappingNode)((YamlSequenceNode)At(
            Assert.Single(objects, static o => Text(o, "kind") == "Deployment"), "spec", "template", "spec")["containers"])[0];
        Dictionary<string, string> variables = ((YamlSequenceNode)container["env"]).Cast<YamlMappingNode>()
            .ToDictionary(static v => Text(v, "name"), static v => Text(v, "value"));
        Assert.Equal(("sticky", "seats"), (variables["BERTH_SEAT_POLICY"], variables["BERTH_PICKER"]));
        IReadOnlyList<string> known = CommandLines.VariablesOf(["dispatch"]);
        Assert.All(variables.Keys, variable => Assert.Contains(variable, known));
    }

    [Fact]
    public async Task Namespace_is_left_to_Helm_unless_asked_for()
    {
        IReadOnlyList<YamlMappingNode> objects = await Helm.TemplateAsync();

        Assert.DoesNotContain(objects, static o => Text(o, "kind") == "Namespace");
        Assert.Contains(objects, static o => Text(o, "kind") == "StatefulSet");
    }

    [Fact]
    public async Task Every_switch_makes_what_the_program_takes()
    {
        IReadOnlyList<YamlMappingNode> objects = await Helm.TemplateAsync(
            $"dispatch={EverySwitch.ReplaceLineEndings("")}",
            """monitoring={"serviceMonitor":{"enabled":true},"prometheusRule":{"enabled":true}}""");

        YamlMappingNode container = (YamlMappingNode)((YamlSequenceNode)At(
            Assert.Single(objects, static o => Text(o, "kind") == "Deployment"), "spec", "template", "spec")["containers"])[0];
        List<string> words = [.. Items(container, "command"), .. Items(container, "args")];
        Assert.Equal(
            ["--target", "k8s-example2/a", "--target", "games/b", "--target", "games/c", "--base-port", "game=4000,admin=5000/TCP"],
            words.Skip(2).Take(8));
        Assert.Empty(CommandLines.FaultsOf(words[1..]));
        IReadOnlyList<string> known = CommandLines.VariablesOf(words[1..]);
        List<string> variables = [.. ((YamlSequenceNode)container["env"]).Cast<YamlMappingNode>().Select(static v => Text(v, "name"))];
        Assert.Empty(s_variables.Except(variables));
        Assert.Equal("1000000", ValueOf(container, "BERTH_MAX_CONNECTIONS"));
        Assert.Equal("10.0.0.0/8,fd00::/8", ValueOf(container, "BERTH_TRUSTED_PROXY"));
        Assert.Equal("map=/etc/berth/map/map,external-ip", ValueOf(container, "BERTH_EXTERNAL_FROM"));
        Assert.Equal(
            ["/etc/berth/tls", "/etc/berth/tokens", "/etc/berth/map"],
            ((YamlSequenceNode)container["volumeMounts"]).Cast<YamlMappingNode>().Select(static m => Text(m, "mountPath")));
        Assert.All(variables, variable => Assert.Contains(variable, known));
        // One Role for each namespace of a target, and one grant for nodes.
        Assert.Equal(
            ["edge", "games", "k8s-example2"],
            objects.Where(static o => Text(o, "kind") == "Role").Select(static o => Text(At(o, "metadata"), "namespace"))
                .Order(StringComparer.Ordinal));
        Assert.Single(objects, static o => Text(o, "kind") == "ClusterRoleBinding");
        Assert.Equal(2, objects.Count(static o => Text(o, "kind") is "ServiceMonitor" or "PrometheusRule"));
    }

    [Fact]
    public async Task Alerts_name_metrics_that_the_documents_list()
    {
        IReadOnlyList<YamlMappingNode> objects = await Helm.TemplateAsync("""monitoring={"prometheusRule":{"enabled":true}}""");

        YamlMappingNode rule = Assert.Single(objects, static o => Text(o, "kind") == "PrometheusRule");
        YamlMappingNode group = (YamlMappingNode)((YamlSequenceNode)At(rule, "spec")["groups"])[0];
        string documented = Checkout.Read("docs/operations.md");
        List<string> expressions = [.. ((YamlSequenceNode)group["rules"]).Cast<YamlMappingNode>().Select(static r => Text(r, "expr"))];
        // One source: the rules for a Prometheus without the operator are the same.
        YamlMappingNode file = Assert.Single(Helm.Load(Checkout.Read("deploy/monitoring/rules.yaml")));
        Assert.Equal(Canonical(file["groups"], inLabels: false), Canonical(At(rule, "spec")["groups"], inLabels: false));
        string[] metrics =
        [
            .. expressions.SelectMany(static e => Labels().Replace(e, "").Split('(', ')', ' '))
                .Where(static w => w.StartsWith("berth_", StringComparison.Ordinal) || w.StartsWith("http_", StringComparison.Ordinal)),
        ];
        Assert.Contains("berth_ready", metrics);
        Assert.All(
            metrics,
            name => Assert.Contains($"| `{name.Replace("_count", "", StringComparison.Ordinal)}`", documented, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("external", "[]", true)]
    [InlineData("external", """["external-dns","map=/m"]""", true)]
    [InlineData("external", """["map=/m"]""", false)]
    [InlineData("internal", "[]", false)]
    public async Task Nodes_are_read_only_where_addresses_come_from_them(string address, string from, bool reads)
    {
        IReadOnlyList<YamlMappingNode> objects = await Helm.TemplateAsync(
            $"dispatch.address=\"{address}\"", $"dispatch.externalFrom={from}");
        Assert.Equal(reads, objects.Any(static o => Text(o, "kind") == "ClusterRole"));
    }

    [Theory]
    [InlineData("dispatch.basePort=70000", "/dispatch/basePort")]
    [InlineData("dispatch.baseport=3000", "'baseport' not allowed")]
    [InlineData("dispatch.address=\"outside\"", "/dispatch/address")]
    [InlineData("dispatch.targets=[]", "/dispatch/targets")]
    [InlineData("dispatch.externalFrom=[\"dns\"]", "/dispatch/externalFrom/0")]
    [InlineData("dispatch.limits.requests=0", "/dispatch/limits/requests")]
    [InlineData("dispatch.ping=\"ping\"", "/dispatch/ping")]
    [InlineData("echo.drain=30", "/echo/drain")]
    [InlineData("image.digest=\"latest\"", "/image/digest")]
    [InlineData("ehco={}", "'ehco' not allowed")]
    [InlineData("seats.perPod=-1", "/seats/perPod")]
    [InlineData("seats.policy=\"fullest\"", "/seats/policy")]
    [InlineData("seats.keys=\"secret\"", "/seats/keys")]
    [InlineData("seats.tls={\"cert\":\"a\"}", "'cert' not allowed")]
    public async Task Wrong_values_are_refused_by_the_schema(string setting, string said)
    {
        (int code, _, string error) = await Helm.RunAsync("template", setting);

        Assert.NotEqual(0, code);
        Assert.Contains("values don't meet the specifications of the schema", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_a_parent_chart_are_allowed()
    {
        Assert.NotEmpty(await Helm.TemplateAsync("""global={"storageClass":"fast"}"""));
    }

    [Fact]
    public async Task Helm_3_makes_the_same_of_the_chart_as_Helm_4()
    {
        Helm.Require(3);
        string[] every = ["dispatch=" + EverySwitch, "seats={\"enabled\":true}"];
        foreach (string[] settings in (string[][])[["namespace.create=true"], every])
        {
            (int code, string output, string error) = await Helm.RunAsync(3, "template", settings);
            Assert.True(code == 0, error);
            Assert.Equal((await Helm.RunAsync("template", settings)).Output, output);
        }

        (int refused, _, string refusal) = await Helm.RunAsync(3, "template", "ehco={}");
        Assert.NotEqual(0, refused);
        Assert.Contains("values don't meet the specifications of the schema", refusal, StringComparison.Ordinal);
        Assert.Contains("Additional property ehco is not allowed", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Lint_has_no_complaint(int version)
    {
        (int code, string output, string error) = await Helm.RunAsync(version, "lint");

        Assert.True(code == 0, output + error);
        Assert.DoesNotContain("[WARNING]", output, StringComparison.Ordinal);
        Assert.Contains("0 chart(s) failed", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b(by|on) \([^)]*\)|\{[^}]*\}")]
    private static partial Regex Labels();

    private static bool HasKubectl() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':').Any(static folder => File.Exists(Path.Combine(folder, "kubectl")));

    /// <summary>The objects as texts that can be compared, by kind and name.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="inOrder">False where the order in lists does not matter: kustomize puts additions of a patch in front.</param>
    private static Dictionary<string, string> Canonical(IEnumerable<YamlMappingNode> objects, bool inOrder = true) => objects
        .Where(static o => !Has(At(o, "metadata"), "annotations"))
        .ToDictionary(
            static o => $"{Text(o, "kind")} {Text(At(o, "metadata"), "name")}",
            o => Canonical(o, inLabels: false, inOrder));

    private static string Canonical(YamlNode node, bool inLabels, bool inOrder = true) => node switch
    {
        YamlMappingNode map => "{" + string.Join(", ", map.Children
            .Select(pair => (Key: pair.Key.ToString(), Text: Canonical(pair.Value, pair.Key.ToString() == "labels", inOrder)))
            .Where(pair => !(inLabels && s_labelsOfHelm.Contains(pair.Key)) && pair is not ("labels", "{}"))
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}: {pair.Text}")) + "}",
        YamlSequenceNode list => "[" + string.Join(
            ", ", list.Children.Select(item => Canonical(item, inLabels: false, inOrder)).Order(Comparer<string>.Create(
                (a, b) => inOrder ? 0 : string.CompareOrdinal(a, b)))) + "]",
        YamlScalarNode scalar => IsNumberOrSwitch(scalar) ? $"!{scalar.Value}" : scalar.Value!,
        _ => throw new NotSupportedException($"{node.NodeType}"),
    };

    // 3000 is not "3000": a cluster refuses a number where it expects a text, and the reverse.
    private static bool IsNumberOrSwitch(YamlScalarNode scalar) => scalar.Style == YamlDotNet.Core.ScalarStyle.Plain
        && (scalar.Value is "true" or "false" or "null" or "" || double.TryParse(scalar.Value, CultureInfo.InvariantCulture, out _));

    private static string ValueOf(YamlMappingNode container, string variable) =>
        Text(((YamlSequenceNode)container["env"]).Cast<YamlMappingNode>().Single(v => Text(v, "name") == variable), "value");

    private static bool Has(YamlMappingNode node, string key) => node.Children.ContainsKey(key);

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    private static YamlMappingNode At(YamlMappingNode node, params string[] path) =>
        path.Aggregate(node, static (at, key) => (YamlMappingNode)at[key]);

    private static IEnumerable<string> Items(YamlMappingNode node, string key) =>
        ((YamlSequenceNode)node[key]).Select(static item => ((YamlScalarNode)item).Value!);
}
