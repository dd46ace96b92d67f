using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("check", "plan", "")]
    [InlineData("plan", "pl")]
    [InlineData("endpoints", "get", "en")]
    [InlineData("--base-port", "dispatch", "--base")]
    public async Task Words_that_may_follow_are_listed(string expected, params string[] words)
    {
        BerthResult result = await InProcess.RunAsync("", isPlugin: false, ["__complete", .. words]);
        result.AssertOk();
        Assert.Contains(expected, result.Out.Split('\n'));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _berth berth")]
    [InlineData("zsh", "#compdef berth")]
    [InlineData("fish", "complete -c berth")]
    [InlineData("kubectl", "kubectl-berth __complete")]
    public async Task Script_of_each_shell_asks_the_program(string shell, string line)
    {
        BerthResult result = await InProcess.RunAsync("", isPlugin: false, "completion", shell);
        result.AssertOk();
        Assert.Contains(line, result.Out, StringComparison.Ordinal);
        Assert.Contains("__complete", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_shells_are_refused() =>
        Assert.Equal(2, (await InProcess.RunAsync("", isPlugin: false, "completion", "csh")).ExitCode);

    [Fact]
    public async Task Plugin_has_endpoints_of_its_own()
    {
        BerthResult result = await InProcess.RunAsync("", isPlugin: true, "--help");
        Assert.Contains("kubectl-berth", result.Out, StringComparison.Ordinal);
        Assert.Contains("endpoints", result.Out, StringComparison.Ordinal);
        Assert.NotEqual(0, (await InProcess.RunAsync("", isPlugin: false, "endpoints")).ExitCode);
    }
}
