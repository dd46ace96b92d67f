using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class GetPortTests
{
    private static readonly Dictionary<string, string> s_pod = new() { ["POD_NAME"] = "service-b-2", ["POD_NAMESPACE"] = "k8s-example2" };

    [Theory]
    [InlineData("", "3002")]
    [InlineData("--base-port 4000", "4002")]
    [InlineData("--base-port=4000 --stride=10", "4020")]
    [InlineData("--fixed-port 9000", "9000")]
    [InlineData("--fixed-port 7000/UDP", "7000")]
    [InlineData("--fixed-port game=7000/UDP,admin=7001", "game=7000\nadmin=7001")]
    [InlineData("--base-port game=4000,admin=5000/UDP", "game=4002\nadmin=5002")]
    public async Task Shows_the_port(string arguments, string expected)
    {
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any, s_pod, ["get", "port", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        result.AssertOk();
        Assert.Equal(expected, result.Out);
        Assert.Empty(result.Error);
    }

    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task Shows_everything_as_json(string form)
    {
        BerthResult result = await BerthProcess.RunAsync(
            form, s_pod, "get", "port", "--base-port", "game=4000,admin=5000/UDP", "-o", "json");
        result.AssertOk();
        using JsonDocument document = JsonDocument.Parse(result.Out);
        JsonElement root = document.RootElement;
        Assert.Equal("service-b-2", root.GetProperty("pod").GetString());
        Assert.Equal("k8s-example2", root.GetProperty("namespace").GetString());
        Assert.Equal(2, root.GetProperty("ordinal").GetInt32());
        Assert.Equal(4002, root.GetProperty("port").GetInt32());
        JsonElement admin = root.GetProperty("ports")[1];
        Assert.Equal(
            ("admin", 5002, "UDP"),
            (admin.GetProperty("name").GetString(), admin.GetProperty("port").GetInt32(), admin.GetProperty("protocol").GetString()));
    }

    [Fact]
    public async Task Command_line_beats_environment_beats_file()
    {
        using TestFile file = new("""{ "base-port": 1000, "stride": 3, /* a comment */ "log-format": "json" }""");
        string[] fromFile = ["get", "port", "--config", file.Path];
        Assert.Equal("1006", (await BerthProcess.RunAsync(Programs.Any, s_pod, fromFile)).Out);

        Dictionary<string, string> environment = new(s_pod) { ["BERTH_BASE_PORT"] = "2000", ["BERTH_CONFIG"] = file.Path };
        Assert.Equal("2006", (await BerthProcess.RunAsync(Programs.Any, environment, "get", "port")).Out);
        Assert.Equal("4006", (await BerthProcess.RunAsync(Programs.Any, environment, "get", "port", "--base-port", "4000")).Out);

        // A choice from a higher origin replaces one from a lower origin.
        Assert.Equal("7000", (await BerthProcess.RunAsync(Programs.Any, environment, "get", "port", "--fixed-port", "7000")).Out);
    }

    [Theory]
    [InlineData("""{ "base-prot": 1 }""", "has the unknown key 'base-prot'")]
    [InlineData("""{ "base-port": """, "is not JSON: line 1")]
    [InlineData("""[ 3000 ]""", "contains no JSON object")]
    [InlineData("""{ "base-port": { } }""", "is neither a text, a number nor a list")]
    [InlineData("""{ "base-port": 0 }""", "The base port 0 is outside 1..65535")]
    public async Task A_bad_file_is_refused(string content, string sentence)
    {
        using TestFile file = new(content);
        BerthResult result = await BerthProcess.RunAsync(Programs.Any, s_pod, "get", "port", "--config", file.Path);
        result.AssertRefused(2, sentence, file.Path);
    }
}
