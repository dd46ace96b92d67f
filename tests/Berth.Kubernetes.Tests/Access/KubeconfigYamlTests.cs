using System.Text;
using System.Text.Json.Nodes;
using Berth.Kubernetes.Access.Kubeconfig;
using YamlDotNet.Core;

namespace Berth.Kubernetes.Tests.Access;

/// <summary>YAML of kubeconfigs is read as kubectl reads it.</summary>
public sealed class KubeconfigYamlTests
{
    [Fact]
    public void Every_row_of_kubectls_table_is_read_the_same()
    {
        Assert.True(KubectlYaml.All.Count > 800);
        Assert.Empty(KubectlYaml.Differences(Read, KubectlYaml.OtherwiseInYamlDotNet));
    }

    [Fact]
    public void Merged_fields_count_as_written()
    {
        KubeconfigFile file =
            Parse("shared: &s {server: 'https://a', insecure-skip-tls-verify: yes}\nclusters: [{name: c, cluster: {<<: *s, "
                + "tls-server-name: b}}]");

        Assert.Equal("https://a", file.Clusters["c"].Text("server"));
        Assert.True(file.Clusters["c"].Flag("insecure-skip-tls-verify"));
    }

    [Theory]
    [InlineData("current-context: 4444", "line 1: current-context must be text, and is a number or true or false; put it in quotes")]
    [InlineData("contexts:\n- name: c\n  context: {namespace: on}", "line 3: namespace must be text")]
    [InlineData("contexts:\n- name: 007\n  context: {}", "line 2: name must be text")]
    [InlineData("a: &a [*a]", "is not valid YAML at line 1")]
    [InlineData("a: 1\nb: *nope", "is not valid YAML at line 2")]
    [InlineData("a: 1\nb:\n\tc: 1", "is not valid YAML at line 3")]
    [InlineData("a: &a {<<: *a}", "is not valid YAML at line 1")]
    public void Value_that_kubectl_refuses_is_refused_with_its_line(string text, string expected)
    {
        ClusterAccessException exception = Assert.Throws<ClusterAccessException>(() => ReadNamespace(Parse(text)));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merges_of_merges_end()
    {
        // Each doubles the content of the previous one.
        StringBuilder text = new("a0: &a0 {x: 1}\n");
        for (int i = 1; i < 40; i++)
            text.Append($"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 9))}]}}\n");
        text.Append($"b: {{<<: [{string.Join(',', Enumerable.Repeat("*a39", 50_000))}]}}\n");

        Assert.Contains(
            "is not valid YAML", Assert.Throws<ClusterAccessException>(() => Parse(text.ToString())).Message, StringComparison.Ordinal);
    }

    private static KubeconfigFile Parse(string text) => KubeconfigFile.Parse("/k", Encoding.UTF8.GetBytes(text));

    private static string? ReadNamespace(KubeconfigFile file) =>
        file.Contexts.Values.Select(static context => context.Text("namespace")).FirstOrDefault();

    private static string? Read(string text)
    {
        try
        {
            // A text that is no mapping as a whole is no kubeconfig.
            return YamlTree.Read(text)?.Fields is { } fields && fields.TryGetValue("v", out YamlValue? value)
                ? ToNode(value)?.ToJsonString() ?? "null"
                : null;
        }
        // The parser throws the others on some broken input; KubeconfigFile converts each into a sentence.
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static JsonNode? ToNode(YamlValue value) =>
        value.Fields is { } fields ? new JsonObject(fields.Select(static pair => KeyValuePair.Create(pair.Key, ToNode(pair.Value))))
        : value.Items is { } items ? new JsonArray([.. items.Select(ToNode)])
        : value.Single switch
        {
            null => null,
            bool flag => flag,
            long number => number,
            ulong number => number,
            double number => number,
            var text => (string)text,
        };
}
