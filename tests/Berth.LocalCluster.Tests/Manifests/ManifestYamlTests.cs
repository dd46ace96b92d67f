using System.Text.Json.Nodes;
using Berth.LocalCluster.Manifests;
using Berth.TestKit;

namespace Berth.LocalCluster.Tests.Manifests;

/// <summary>YAML of manifests is read as kubectl reads it.</summary>
public sealed class ManifestYamlTests
{
    private const string Pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n";

    [Fact]
    public void Every_row_of_kubectls_table_is_read_the_same()
    {
        Assert.True(KubectlYaml.All.Count > 800);
        Assert.All(KubectlYaml.MendedInManifests, static text => Assert.Contains(text, KubectlYaml.OtherwiseInYamlDotNet));
        Assert.Empty(KubectlYaml.Differences(Read, KubectlYaml.OtherwiseInYamlDotNet.Except(KubectlYaml.MendedInManifests)));
    }

    // As kubectl reads them.
    [Theory]
    [InlineData("v:\n  x: [\n  1,\n# c\n\n  2, 'it''s\n]'\n  ] # c\n  s: |\n    [\n    \"\n  z: {\n  a: b\n  }",
        """{"x":[1,2,"it's ]"],"s":"[\n\"\n","z":{"a":"b"}}""")]
    [InlineData("v:\n- - x: \"a \\\n  b\\\"\n\n  c\"\n    s: >-\n     [ {\n     '\n  - it's [a, \"b",
        """[[{"x":"a b\"\nc","s":"[ { '"},"it's [a, \"b"]]""")]
    [InlineData("--- # c\nv: \"a\r\nb\"\r\n", "\"a b\"")]
    [InlineData("v: 'a\n\n b'", """
        "a\nb"
        """)]
    [InlineData("v: {a: [\n1,\n2\n], b: \"x\ny\"}", """{"a":[1,2],"b":"x y"}""")]
    [InlineData("v:\n  - \"a\n  b\"\n  - c", """["a b","c"]""")]
    [InlineData("v: [a\n# x\n, b]", """["a","b"]""")]
    [InlineData("? \"a\nb\"\n: [\nc]\nv: 1", "1")]
    public void Lines_in_brackets_and_quotes_may_begin_anywhere(string text, string expected) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(Read(text)!)), Read(text));

    [Theory]
    [InlineData("v: [\na\n]\nw: *x", 4)]
    [InlineData("v: \"a\n---\nb\"", 1)]
    [InlineData("v: [\na\nw: *x", 3)]
    public void Other_faults_of_such_a_text_have_their_line(string text, int line) =>
        Assert.Contains($"line {line}", Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void Blanks_that_layout_needs_are_bounded()
    {
        string text = new string(' ', 20_000) + "v: [" + string.Concat(Enumerable.Repeat("\na,", 20_000)) + "]";
        Assert.Contains("line", Refusal(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%YAML 1.1\n---\n")]
    [InlineData("%YAML 1.2\n---\n")]
    [InlineData("\uFEFF# x\n\n%TAG ! x\n---\n")]
    [InlineData("%FOO a\n---\n")]
    public void Directive_is_refused_as_by_kubectl(string text) =>
        Assert.Contains("a directive (%YAML or %TAG) is not allowed; remove the line", Refusal(text + Pod), StringComparison.Ordinal);

    [Theory]
    [InlineData("a: 1\nb: *nope", "the manifest, line 2: the alias *nope has no anchor before it.")]
    [InlineData("a: 1\nb:\n\tc: 1", "the manifest is not valid YAML at line 3: ")]
    [InlineData("a: 1\nb: &b [*b]", "the manifest, line 2: the anchor &b contains itself.")]
    [InlineData("a: 1\nb: &b {<<: *b}", "the manifest, line 2: the anchor &b contains itself.")]
    [InlineData("a: 1\n? [a, b]\n: c", "the manifest, line 2: a key is a mapping or a list; keys are single values.")]
    [InlineData("a: 1\n~: c", "the manifest, line 2: a key is null; put it in quotes if it is meant as text.")]
    [InlineData("a: 1\nb: .inf", "the manifest, line 2: a number is infinite or not a number (.inf, .nan), which JSON cannot express.")]
    [InlineData("a: 1\nb: !!int yes", "the manifest, line 2: `yes` is a !!bool, and its tag says !!int.")]
    [InlineData("a: 1\nb: {<<: 5}", "the manifest, line 2: the merge key << takes a mapping or a list of mappings.")]
    [InlineData("just text", "the manifest, line 1: a document or an item of a list is not a Kubernetes object.")]
    [InlineData("apiVersion: v1\nkind: List\nitems: [null]",
        "the manifest, line 1: a document or an item of a list is not a Kubernetes object.")]
    [InlineData("apiVersion: 1\nkind: Pod",
        "the manifest, line 1: apiVersion is 1, which is no text. Put it in quotes if it is meant as one.")]
    public void Value_refused_by_kubectl_is_refused_with_its_line(string text, string expected) =>
        Assert.StartsWith(expected, Refusal(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("metadata: {name: {{ .Release.Name }}}", "line 3: {{ .Release.Name }} is a template that was not rendered.")]
    [InlineData("metadata:\n  name: {{ .Release.Name }}", "line 4: {{ .Release.Name }} is a template that was not rendered.")]
    [InlineData("{{- if .Values.x }}\nmetadata: {name: x}\n{{- end }}", "line 3: {{- if .Values.x }} is a template that was not rendered.")]
    public void Template_that_was_not_rendered_is_said_to_be_one(string text, string expected) =>
        Assert.Contains(expected, Refusal("apiVersion: v1\nkind: Pod\n" + text), StringComparison.Ordinal);

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("- ", "")]
    public void Deep_nesting_is_a_sentence(string open, string close)
    {
        foreach (int depth in (int[])[65, 20_000])
        {
            string text = "a: " + string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));
            Assert.Contains(open == "- " ? "the manifest" : "it is nested deeper than 64 levels", Refusal(text), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Aliases_of_aliases_are_counted()
    {
        string text = "a0: &a0 [x, x]\n" +
            string.Concat(Enumerable.Range(1, 40).Select(static i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));

        Assert.Contains("its aliases stand for far more values than are written", Refusal(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_do_not_nest_deeper_than_what_is_written()
    {
        string text = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 80).Select(static i => $"a{i}: &a{i} [*a{i - 1}]\n"));

        Assert.Contains("with its aliases it is nested deeper than 64 levels", Refusal(text), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_documents_follow_each_other()
    {
        const string One = """{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "name": "b"}}""";

        Assert.Equal(["b", "b"], ManifestReader.ParseYaml(One + "\n" + One).Select(Name));
        Assert.Equal(["b"], ManifestReader.ParseYaml("\uFEFF" + One).Select(Name));
        Assert.Equal(["p"], ManifestReader.ParseYaml("{apiVersion: v1, kind: Pod, metadata: {name: p}}").Select(Name));
    }

    [Fact]
    public void List_of_any_kind_is_unpacked()
    {
        JsonObject[] objects = [.. ManifestReader.ParseYaml("""
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ServiceList, items: [{metadata: {name: s}}, {apiVersion: v1, kind: Pod, metadata: {name: p}}]}
            - {apiVersion: v1, kind: Pod, metadata: {name: q}}
            """)];

        Assert.Equal(["Service s", "Pod p", "Pod q"], objects.Select(static each => $"{each["kind"]} {Name(each)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n---\n# x\n---\n")]
    public void Empty_documents_are_skipped(string text) => Assert.Empty(ManifestReader.ParseYaml(text));

    [Fact]
    public void Byte_order_mark_and_CRLF_are_no_matter() =>
        Assert.Equal("p", Name(Assert.Single(ManifestReader.ParseYaml("\uFEFF" + Pod.ReplaceLineEndings("\r\n")))));

    private static string Name(JsonObject body) => (string)body["metadata"]!["name"]!;

    private static string Refusal(string text) => Assert.Throws<LocalClusterException>(() => ManifestReader.ParseYaml(text)).Message;

    private static string? Read(string text)
    {
        try
        {
            return ManifestReader.ParseYaml(text)[0]["v"]?.ToJsonString() ?? "null";
        }
        catch (LocalClusterException)
        {
            return null;
        }
    }
}
