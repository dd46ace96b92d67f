using System.Net;
using System.Text.Json.Nodes;
using Berth.LocalCluster.Clients;

namespace Berth.LocalCluster.Api;

/// <summary>Objects as tables and as metadata, in lists and watches, and what kubectl explain reads.</summary>
public sealed class FormTests
{
    private const string ConfigMaps = "/api/v1/namespaces/k8s-example2/configmaps";
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private const string Metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    private const string Initial = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";

    [Theory]
    [InlineData("", "PartialObjectMetadata")]
    [InlineData("&includeObject=None", "PartialObjectMetadata")]
    [InlineData("&includeObject=Object", "ConfigMap")]
    public async Task A_watch_as_tables_has_columns_once_and_a_table_as_bookmark(string include, string ofBookmark)
    {
        await using TestCluster test = await StartAsync();
        List<JsonNode> events = await WatchAsync(test, ConfigMaps, Initial + include, Table);
        Assert.Equal(["ADDED", "ADDED", "BOOKMARK"], events.Select(static item => (string?)item["type"]));
        Assert.All(events, static item => Assert.Equal("Table", (string?)item["object"]!["kind"]));
        Assert.Equal([true, false, false], events.Select(static item => item["object"]!["columnDefinitions"] is not null));
        Assert.All(events, static item => Assert.True(item["object"]!.AsObject().ContainsKey("columnDefinitions")));
        JsonNode[] rows = [.. events.Select(static item => Assert.Single(item["object"]!["rows"]!.AsArray())!)];
        Assert.Equal(["one", "two", ""], rows.Select(static row => (string?)row["cells"]![0]));
        string? inRows = include.EndsWith("None", StringComparison.Ordinal) ? null : ofBookmark;
        Assert.Equal([inRows, inRows, ofBookmark], rows.Select(static row => (string?)row["object"]?["kind"]));
        JsonNode mark = rows[2]["object"]!["metadata"]!;
        Assert.Equal("""{"k8s.io/initial-events-end":"true"}""", mark["annotations"]!.ToJsonString());
        Assert.Equal((string?)events[2]["object"]!["metadata"]!["resourceVersion"], (string?)mark["resourceVersion"]);
    }

    [Fact]
    public async Task A_watch_of_metadata_has_nothing_else()
    {
        await using TestCluster test = await StartAsync();
        List<JsonNode> events = await WatchAsync(test, ConfigMaps, Initial, Metadata);
        Assert.Equal(["ADDED", "ADDED", "BOOKMARK"], events.Select(static item => (string?)item["type"]));
        Assert.All(events, static item =>
            Assert.Equal(["kind", "apiVersion", "metadata"], item["object"]!.AsObject().Select(static field => field.Key)));
        Assert.All(events, static item => Assert.Equal("meta.k8s.io/v1", (string?)item["object"]!["apiVersion"]));
        Assert.Equal(["one", "two", null], events.Select(static item => (string?)item["object"]!["metadata"]!["name"]));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("&resourceVersion=0", 1)]
    [InlineData("&sendInitialEvents=false&resourceVersionMatch=NotOlderThan", 0)]
    public async Task A_watch_without_a_version_marks_the_end_of_the_first_state(string query, int marks)
    {
        await using TestCluster test = await StartAsync();
        int found = 0;
        await foreach (
            JsonNode item in test.WatchAsync($"{ConfigMaps}?watch=1&allowWatchBookmarks=true&timeoutSeconds=1&labelSelector=t{query}"))
        {
            if (item["object"]!["metadata"]!["annotations"]?["k8s.io/initial-events-end"] is not null)
                found++;
        }

        Assert.Equal(marks, found);
    }

    [Fact]
    public async Task Every_kind_can_be_watched_as_a_table()
    {
        await using TestCluster test = await StartAsync();
        (_, JsonNode groups) = await test.GetAsync("/apis");
        List<string> paths = ["/api/v1", .. groups["groups"]!.AsArray().SelectMany(static group => group!["versions"]!.AsArray())
            .Select(static version => $"/apis/{version!["groupVersion"]}")];
        int kinds = 0;
        foreach (string path in paths)
        {
            (_, JsonNode resources) = await test.GetAsync(path);
            foreach (string name in resources["resources"]!.AsArray().Select(static each => (string)each!["name"]!)
                .Where(static name => !name.Contains('/', StringComparison.Ordinal)))
            {
                List<JsonNode> events = await WatchAsync(test, $"{path}/{name}", Initial, Table);
                Assert.Equal("BOOKMARK", (string?)events[^1]["type"]);
                kinds++;
            }
        }

        Assert.True(kinds > 30);
    }

    [Fact]
    public async Task Explain_names_the_fields_of_kinds_and_of_custom_kinds()
    {
        await using TestCluster test = await StartAsync();
        test.Cluster.Apply("""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: { name: widgets.example.com }
            spec:
              group: example.com
              scope: Namespaced
              names: { plural: widgets, singular: widget, kind: Widget }
              versions:
              - name: v1
                served: true
                storage: true
                schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: {
                  size: { type: integer, description: How large it is. } } } } } }
            """);
        Assert.Matches(
            @"KIND: +Pod\nVERSION: +v1\n\nFIELD: dnsPolicy <string>", await Kubectl.RunAsync(test, "explain", "pod.spec.dnsPolicy"));
        string set = await Kubectl.RunAsync(test, "explain", "sts.spec", "--recursive");
        Assert.Matches(@"GROUP: +apps\nKIND: +StatefulSet\nVERSION: +v1\n\nFIELD: spec <StatefulSetSpec>", set);
        Assert.Matches(@"\n +containers\s<\[\]Container>", set);
        Assert.Matches(@"\n +nodeSelector\s<map\[string\]string>", set);
        Assert.Contains("How large it is.", await Kubectl.RunAsync(test, "explain", "widget.spec.size"), StringComparison.Ordinal);
        Assert.Contains(
            "field \"nope\" does not exist", await Kubectl.FailAsync(test, "explain", "pod.spec.nope"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_still_computes_patches_that_keep_what_others_own()
    {
        // kubectl would take the merge keys of lists from OpenAPI if an operation there took a strategic merge patch.
        await using TestCluster test = await StartAsync();
        using Berth.TestKit.TestFile file = new(TestManifests.StatefulSet(1));
        await Kubectl.RunAsync(test, "apply", "-f", file.Path);
        (HttpStatusCode status, _) = await test.PatchAsync(
            "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b",
            """{"spec":{"template":{"spec":{"containers":[{"name":"other","image":"x"}]}}}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        using Berth.TestKit.TestFile changed = new(TestManifests.StatefulSet(1, grace: 31));
        await Kubectl.RunAsync(test, "apply", "-f", changed.Path);
        string names = await Kubectl.RunAsync(
            test, "get", "sts", "service-b", "-o", "jsonpath={.spec.template.spec.containers[*].name}");
        Assert.Equal(["other", "service-b"], names.Split(' ').Order(StringComparer.Ordinal));
    }

    private static async Task<TestCluster> StartAsync()
    {
        TestCluster test = await TestCluster.StartAsync();
        foreach (string name in (string[])["one", "two"])
        {
            string map = $$$"""{"metadata":{"name":"{{{name}}}","labels":{"t":"x"}},"data":{"a":"b"}}""";
            await test.SendAsync(HttpMethod.Post, ConfigMaps, map);
        }

        return test;
    }

    /// <summary>The events up to the first bookmark.</summary>
    private static async Task<List<JsonNode>> WatchAsync(TestCluster test, string path, string query, string accept)
    {
        string selector = path == ConfigMaps ? "&labelSelector=t" : "";
        string url = $"{path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=30{selector}{query}";
        using HttpRequestMessage request = new(HttpMethod.Get, url) { Version = HttpVersion.Version20 };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response =
            await test.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestCluster.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestCluster.Token));
        List<JsonNode> events = [];
        while (await reader.ReadLineAsync(TestCluster.Token) is { } line)
        {
            events.Add(JsonNode.Parse(line)!);
            if ((string?)events[^1]["type"] == "BOOKMARK")
                break;
        }

        return events;
    }
}
