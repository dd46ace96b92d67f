using System.Net;
using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Api;

public sealed class ListTests
{
    private const string Accounts = "/api/v1/namespaces/k8s-example2/serviceaccounts";

    [Fact]
    public async Task Pages_show_one_version_whatever_changes_in_between()
    {
        await using TestCluster test = await StartAsync();
        (_, JsonNode first) = await test.GetAsync(Accounts + "?limit=2");
        string token = (string)first["metadata"]!["continue"]!;
        test.Cluster.Delete("sa", TestCluster.Namespace, "c");
        (_, JsonNode second) = await test.GetAsync($"{Accounts}?limit=2&continue={Uri.EscapeDataString(token)}");
        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(["c", "default"], Names(second));
        Assert.Equal(2, (int)first["metadata"]!["remainingItemCount"]!);
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second["metadata"]!["resourceVersion"]);
        Assert.Null(second["metadata"]!["continue"]);
        Assert.Equal(
            Recordings.Shape(Recordings.Read("page-1")["metadata"]),
            Recordings.Shape(first["metadata"]));
    }

    [Fact]
    public async Task A_page_from_before_a_compaction_is_gone_and_names_a_way_on()
    {
        await using TestCluster test = await StartAsync();
        (_, JsonNode first) = await test.GetAsync(Accounts + "?limit=2");
        test.Cluster.Delete("sa", TestCluster.Namespace, "a");
        test.Cluster.Faults.Compact();
        (HttpStatusCode status, JsonNode gone) = await test.GetAsync($"{Accounts}?limit=2&continue={ContinueOf(first)}");
        Assert.Equal((HttpStatusCode.Gone, "Expired", 410), (status, (string?)gone["reason"], (int)gone["code"]!));
        (HttpStatusCode fine, JsonNode rest) = await test.GetAsync($"{Accounts}?limit=2&continue={ContinueOf(gone)}");
        Assert.Equal(HttpStatusCode.OK, fine);
        Assert.Equal(["c", "default"], Names(rest));
    }

    [Theory]
    [InlineData("labelSelector=team%3Dx", "a b")]
    [InlineData("labelSelector=team%21%3Dx", "c default")]
    [InlineData("labelSelector=team%20in%20%28x%2Cy%29", "a b c")]
    [InlineData("labelSelector=team%20notin%20%28x%2Cy%29", "default")]
    [InlineData("labelSelector=%21team", "default")]
    [InlineData("labelSelector=rank%3E1", "b c")]
    [InlineData("labelSelector=rank%3C2", "a")]
    [InlineData("labelSelector=team%2Cteam%21%3Dy", "a b")]
    [InlineData("fieldSelector=metadata.name%3Db", "b")]
    [InlineData("fieldSelector=metadata.name%21%3Db", "a c default")]
    public async Task Selectors_choose(string query, string expected)
    {
        await using TestCluster test = await StartAsync();
        (_, JsonNode list) = await test.GetAsync($"{Accounts}?{query}");
        Assert.Equal(expected.Split(' '), Names(list));
    }

    /// <summary>The messages are those of a Kubernetes 1.36.2 API server.</summary>
    [Theory]
    [InlineData("serviceaccounts?limit=x", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("pods?watch=1&timeoutSeconds=x", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData(
        "pods?resourceVersion=-1",
        "invalid resource version: resourceVersion: Invalid value: \"-1\": strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("pods?labelSelector=app%20in%20web", "unable to parse requirement: found 'web' expected: '('")]
    [InlineData("pods?labelSelector=app%20in%20%28web", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("pods?labelSelector=app%3Da%20b", "found 'b', expected: ',' or 'end of string'")]
    [InlineData("pods?fieldSelector=spec.x%3D1", "field label not supported: spec.x")]
    [InlineData(
        "serviceaccounts?fieldSelector=spec.x%3D1",
        "\"spec.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    public async Task Malformed_body_is_refused_as_by_a_real_server(string query, string message)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode refusal) = await test.GetAsync("/api/v1/namespaces/k8s-example2/" + query);
        Assert.Equal((HttpStatusCode.BadRequest, "BadRequest", message), (status, (string?)refusal["reason"], (string?)refusal["message"]));
    }

    [Fact]
    public async Task A_cut_API_refuses_and_a_restored_one_answers_on_the_same_port()
    {
        await using TestCluster test = await StartAsync();
        await test.Cluster.Faults.CutApiAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => test.GetAsync(Accounts));
        await test.Cluster.Faults.RestoreApiAsync(TestCluster.Token);
        (HttpStatusCode status, _) = await test.GetAsync(Accounts);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task A_paused_API_is_silent_until_it_resumes()
    {
        await using TestCluster test = await StartAsync();
        test.Cluster.Faults.PauseApi();
        Task<(HttpStatusCode Status, JsonNode Body)> answer = test.GetAsync(Accounts);
        using HttpClient other = TestCluster.NewClient(test.Cluster.KubeconfigPath);
        other.Timeout = TimeSpan.FromMilliseconds(300);
        await Assert.ThrowsAsync<TaskCanceledException>(() => other.GetAsync(new Uri(Accounts, UriKind.Relative), TestCluster.Token));
        Assert.False(answer.IsCompleted);
        test.Cluster.Faults.ResumeApi();
        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
    }

    private static async Task<TestCluster> StartAsync()
    {
        // One test cuts the API. A port of the ephemeral range could be taken by another process meanwhile.
        TestCluster test = await TestCluster.StartAsync(
            new LocalClusterOptions { RunProcesses = false, Port = FreePorts.Take(), Manifests = [TestManifests.Namespace] });
        foreach ((string name, string team) in ((string, string)[])[("a", "x"), ("b", "x"), ("c", "y")])
        {
            string labels = $"{{team: '{team}', rank: '{name[0] - 'a' + 1}'}}";
            string metadata = $"{{name: {name}, namespace: k8s-example2, labels: {labels}}}";
            test.Cluster.Apply($"{{apiVersion: v1, kind: ServiceAccount, metadata: {metadata}}}");
        }

        await test.WaitForAsync(Accounts, list => list["items"]!.AsArray().Count == 4);
        return test;
    }

    private static string ContinueOf(JsonNode list) => Uri.EscapeDataString((string)list["metadata"]!["continue"]!);

    private static IEnumerable<string?> Names(JsonNode list) =>
        list["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]);
}
