using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class VersionAndHelpTests
{
    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task Shows_its_version(string form)
    {
        BerthResult text = await BerthProcess.RunAsync(form, null, "version");
        text.AssertOk();
        Assert.Matches(@"^berth \d+\.\d+\.\d+ \(.*" + (form == Programs.Native ? "native" : "jit"), text.Out);

        BerthResult json = await BerthProcess.RunAsync(form, null, "version", "-o", "json");
        json.AssertOk();
        using JsonDocument document = JsonDocument.Parse(json.Out);
        Assert.Contains(document.RootElement.GetProperty("version").GetString()!, text.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("dispatch")]
    [InlineData("echo")]
    [InlineData("probe")]
    [InlineData("call")]
    [InlineData("ping")]
    [InlineData("get", "endpoints")]
    [InlineData("get", "port")]
    [InlineData("get", "address")]
    [InlineData("exec")]
    [InlineData("mesh")]
    [InlineData("watch")]
    [InlineData("version")]
    public async Task Every_command_has_help_with_examples(params string[] command)
    {
        BerthResult help = await BerthProcess.RunAnyAsync([.. command, "--help"]);
        help.AssertOk();
        Assert.Contains("Usage:", help.Out, StringComparison.Ordinal);
        string[] examples = help.Out[help.Out.IndexOf("Examples:", StringComparison.Ordinal)..].Split(
            '\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Contains("berth " + string.Join(' ', command), example, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("get", "endpoints")]
    [InlineData("get", "port")]
    [InlineData("watch")]
    [InlineData("doctor")]
    [InlineData("echo")]
    public async Task Help_states_the_default_base_port(params string[] command)
    {
        BerthResult help = await BerthProcess.RunAnyAsync([.. command, "--help"]);
        help.AssertOk();
        string text = string.Join(' ', help.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Default 3000 when no port option is given; berth dispatch has no default.", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs.Both), MemberType = typeof(Programs))]
    public async Task Help_of_the_whole_lists_every_command(string form)
    {
        BerthResult help = await BerthProcess.RunAsync(form, null, "--help");
        help.AssertOk();
        Assert.All(
            ["up", "dispatch", "echo", "probe", "call", "get", "watch", "version"], name => Assert.Matches($@"(?m)^  {name}\b", help.Out));
    }
}
