using System.Text;
using System.Text.Json;
using Berth.Planning.Output;

namespace Berth.Planning.Formats;

public sealed class FormatTests
{
    [Fact]
    public void Sarif_has_what_the_standard_requires()
    {
        PortPlan plan = Plans.Of(Plans.Set() + Plans.Set("match", 4002) + "a: [1\n");
        JsonElement root = Read(writer => PlanSarif.Write(writer, plan, "1.2.3"));
        Assert.Equal("2.1.0", root.GetProperty("version").GetString());
        JsonElement run = Assert.Single(root.GetProperty("runs").EnumerateArray());
        JsonElement driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("berth plan", driver.GetProperty("name").GetString());
        JsonElement[] rules = [.. driver.GetProperty("rules").EnumerateArray()];
        Assert.Equal(rules.Length, rules.Select(static rule => rule.GetProperty("id").GetString()).Distinct().Count());
        JsonElement result = Assert.Single(run.GetProperty("results").EnumerateArray());
        Assert.Equal("overlap", rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
        Assert.Equal("error", result.GetProperty("level").GetString());
        JsonElement location = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("games.yaml", location.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(62, location.GetProperty("region").GetProperty("startLine").GetInt32());
        JsonElement invocation = run.GetProperty("invocations")[0];
        Assert.False(invocation.GetProperty("executionSuccessful").GetBoolean());
        Assert.Equal(1, invocation.GetProperty("toolExecutionNotifications").GetArrayLength());
    }

    [Fact]
    public void Json_has_faults_and_ranges()
    {
        PortPlan plan = Plans.Of(Plans.Set() + Plans.Set("match", 4002));
        JsonElement root = Read(writer => PlanJson.Write(writer, plan));
        Assert.Equal(1, root.GetProperty("errors").GetInt32());
        JsonElement fault = Assert.Single(root.GetProperty("faults").EnumerateArray());
        Assert.Equal(("overlap", 62), (fault.GetProperty("rule").GetString(), fault.GetProperty("line").GetInt32()));
        Assert.Equal(30, fault.GetProperty("related").GetProperty("line").GetInt32());
        Assert.Equal(2, root.GetProperty("ranges").GetArrayLength());
    }

    private static JsonElement Read(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
            write(writer);
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }
}
