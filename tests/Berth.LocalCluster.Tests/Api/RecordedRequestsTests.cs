using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Api;

/// <summary>
/// <c>requests.jsonl</c> holds requests and what a Kubernetes 1.36.2 API server answered to them, in this order: bodies with the owners of
/// fields, statuses and warnings. Ours must say the same. UIDs, versions and times are <c>*</c> there.
/// </summary>
public sealed partial class RecordedRequestsTests
{
    private static readonly HashSet<string> s_masked = new(StringComparer.Ordinal)
    {
        "uid", "resourceVersion", "creationTimestamp", "time", "deletionTimestamp",
    };

    [Fact]
    public async Task Each_request_is_answered_as_by_a_real_server()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        string file = Repository.File("tests/Berth.LocalCluster.Tests/Api/requests.jsonl");
        JsonNode[] recorded = [.. File.ReadLines(file).Select(static line => JsonNode.Parse(line)!)];
        Assert.True(recorded.Length > 50);
        List<string> differences = [];
        foreach (JsonNode record in recorded)
        {
            using HttpRequestMessage request = new(new HttpMethod((string)record["method"]!), (string)record["path"]!);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("tester", "1.0"));
            if ((string?)record["body"] is { } body)
                request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse((string)record["type"]!));
            using HttpResponseMessage response = await test.Http.SendAsync(request, TestCluster.Token);
            string text = await response.Content.ReadAsStringAsync(TestCluster.Token);
            JsonNode? answer = text.StartsWith('{') ? Masked(JsonNode.Parse(text), null) : JsonValue.Create(text);
            string? warning = response.Headers.TryGetValues("Warning", out IEnumerable<string>? all) ? string.Join(", ", all) : null;
            bool same = (int)response.StatusCode == (int)record["status"]! && JsonNode.DeepEquals(answer, record["answer"])
                && warning == (string?)record["warning"];
            if (!same)
            {
                differences.Add($"{record["name"]}: {(int)response.StatusCode} {answer?.ToJsonString()} {warning}\n"
                    + $"  and a real server: {record["status"]} {record["answer"]?.ToJsonString()} {record["warning"]}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static JsonNode? Masked(JsonNode? node, string? name) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(static pair => KeyValuePair.Create(pair.Key, Masked(pair.Value, pair.Key)))),
        JsonArray items => new JsonArray([.. items.Select(static item => Masked(item, null))]),
        null => null,
        _ when name is not null && s_masked.Contains(name) && node.ToJsonString() != "\"\"" => "*",
        JsonValue value when value.TryGetValue(out string? text) => Uid().Replace(text, "UID"),
        _ => node.DeepClone(),
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Uid();
}
