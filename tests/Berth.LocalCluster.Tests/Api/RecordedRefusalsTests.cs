using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Api;

/// <summary>
/// <c>answers.jsonl</c> contains the answers of a Kubernetes 1.36.2 API server to objects with faults, and the resources of objects without
/// faults as it wrote them. Our answers must be the same.
/// </summary>
public sealed class RecordedRefusalsTests
{
    [Fact]
    public async Task Each_object_is_refused_or_written_as_by_a_real_server()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string answers = Repository.File("tests/Berth.LocalCluster.Tests/Api/answers.jsonl");
        JsonNode[] recorded = [.. File.ReadLines(answers).Select(line => JsonNode.Parse(line)!)];
        Assert.True(recorded.Length > 140);
        List<string> differences = [];
        foreach (JsonNode record in recorded)
        {
            (HttpStatusCode status, JsonNode body) = await test.SendAsync(
                HttpMethod.Post, $"{record["path"]}?dryRun=All&fieldValidation=Strict", record["body"]!.ToJsonString());
            bool same = record["resources"] is { } resources
                ? status == HttpStatusCode.Created && JsonNode.DeepEquals(resources, body["spec"]!["containers"]![0]!["resources"])
                : (int)status == (int)record["status"]! && (string?)body["message"] == (string?)record["message"];
            if (!same)
            {
                differences.Add($"{record["name"]}: {(int)status} {body["message"] ?? body["spec"]}\n"
                    + $"  and a real server: {record["status"]} {record["message"] ?? record["resources"]}");
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task A_negative_grace_period_is_one_second()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string pods = "/api/v1/namespaces/k8s-example2/pods";
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Post,
            pods,
            """{"metadata":{"name":"p"},"spec":{"terminationGracePeriodSeconds":-5,"containers":[{"name":"c","image":"x"}]}}""");
        Assert.Equal((HttpStatusCode.Created, 1), (status, (int?)body["spec"]!["terminationGracePeriodSeconds"]));
        await test.WaitReadyAsync(1);
        (status, body) = await test.SendAsync(HttpMethod.Delete, pods + "/p", """{"gracePeriodSeconds":-7}""");
        Assert.Equal((HttpStatusCode.OK, 1), (status, (int?)body["metadata"]!["deletionGracePeriodSeconds"]));
        await test.WaitAsync(now => now.Count == 0);
    }

    [Fact]
    public async Task A_zero_that_Go_does_not_write_is_as_if_not_there()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        const string pod = """
            {"metadata":{"name":"p"},"spec":{"hostNetwork":false,"containers":[
              {"name":"c","image":"x","readinessProbe":{"timeoutSeconds":0,"successThreshold":0,"tcpSocket":{"port":1}}}]}}
            """;
        (_, JsonNode body) = await test.SendAsync(HttpMethod.Post, "/api/v1/namespaces/k8s-example2/pods", pod);
        Assert.Null(body["spec"]!["hostNetwork"]);
        JsonNode probe = body["spec"]!["containers"]![0]!["readinessProbe"]!;
        Assert.Equal((1, 1), ((int?)probe["timeoutSeconds"], (int?)probe["successThreshold"]));
    }
}
