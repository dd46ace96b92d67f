using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.LocalCluster.Api;

/// <summary>
/// <c>evictions.jsonl</c> holds requests about evictions and PodDisruptionBudgets, and what a Kubernetes 1.36.2 API server answered, in
/// this order. A request with <c>wait</c> is repeated until its answer is the recorded one; <c>only</c> names the compared field.
/// </summary>
public sealed partial class RecordedEvictionsTests
{
    private static readonly HashSet<string> s_masked = new(StringComparer.Ordinal)
    {
        "uid", "resourceVersion", "creationTimestamp", "time", "deletionTimestamp", "lastTransitionTime",
    };

    [Fact]
    public async Task Each_eviction_is_answered_as_by_a_real_server()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string file = Repository.File("tests/Berth.LocalCluster.Tests/Api/evictions.jsonl");
        JsonNode[] recorded = [.. File.ReadLines(file).Select(static line => JsonNode.Parse(line)!)];
        Assert.True(recorded.Length > 75);
        List<string> differences = [];
        foreach (JsonNode record in recorded)
        {
            if ((string?)record["only"] == "kind" && (string)record["method"]! == "POST")
                await CreateAsync(test, record);
            else if (await DifferenceAsync(test, record) is { } difference)
                differences.Add(difference);
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>Creates a pod or a set. The pods were ready when the next request was recorded.</summary>
    private static async Task CreateAsync(TestCluster test, JsonNode record)
    {
        (HttpStatusCode status, JsonNode body) =
            await test.SendAsync(HttpMethod.Post, (string)record["path"]!, (string)record["body"]!);
        Assert.Equal(HttpStatusCode.Created, status);
        if (body["spec"]!["nodeSelector"] is null)
            await test.WaitAsync(static pods => pods.All(static pod => pod.Ready));
        int wanted = (int?)body["spec"]!["replicas"] ?? 0;
        string name = (string)body["metadata"]!["name"]!;
        await test.WaitAsync(pods =>
            pods.Count(pod => pod.Ready && pod.Name.StartsWith(name + "-", StringComparison.Ordinal)) >= wanted);
    }

    private static async Task<string?> DifferenceAsync(TestCluster test, JsonNode record)
    {
        string? difference = null;
        async Task<string?> LookAsync()
        {
            (int status, string? retryAfter, JsonNode? answer) = await AskAsync(test, record);
            bool same = status == (int)record["status"]! && JsonNode.DeepEquals(answer, record["answer"])
                && retryAfter == (string?)record["retryAfter"];
            difference = same
                ? null
                : $"{record["name"]}: {status} {answer?.ToJsonString()} {retryAfter}\n"
                    + $"  and a real server: {record["status"]} {record["answer"]?.ToJsonString()} {record["retryAfter"]}";
            return same || record["wait"] is null ? "" : null;
        }

        try
        {
            await Wait.ForAsync("the recorded answer", _ => LookAsync(), TestCluster.Token);
        }
        catch (TimeoutException)
        {
            // The difference is the result.
        }

        return difference;
    }

    private static async Task<(int Status, string? RetryAfter, JsonNode? Answer)> AskAsync(TestCluster test, JsonNode record)
    {
        using HttpRequestMessage request = new(new HttpMethod((string)record["method"]!), (string)record["path"]!);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("tester", "1.0"));
        if ((string?)record["body"] is { } body)
            request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse((string)record["type"]!));
        using HttpResponseMessage response = await test.Http.SendAsync(request, TestCluster.Token);
        string text = await response.Content.ReadAsStringAsync(TestCluster.Token);
        JsonNode? answer = text.StartsWith('{') ? Masked(JsonNode.Parse(text), null) : JsonValue.Create(text);
        return (
            (int)response.StatusCode,
            response.Headers.RetryAfter?.ToString(),
            (string?)record["only"] is { } only ? answer?[only]?.DeepClone() : answer);
    }

    private static JsonNode? Masked(JsonNode? node, string? name) => node switch
    {
        JsonObject times when name == "disruptedPods" =>
            new JsonObject(times.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)"*"))),
        JsonObject fields => new JsonObject(fields.Select(static pair => KeyValuePair.Create(pair.Key, Masked(pair.Value, pair.Key)))),
        JsonArray items => new JsonArray([.. items.Select(static item => Masked(item, null))]),
        null => null,
        _ when name is not null && s_masked.Contains(name) && node.ToJsonString() != "\"\"" => "*",
        JsonValue value when value.TryGetValue(out string? text) => Version().Replace(Uid().Replace(text, "UID"), "record (*)"),
        _ => node.DeepClone(),
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Uid();

    [GeneratedRegex(@"record \(\d+\)", RegexOptions.None, 1000)]
    private static partial Regex Version();
}
