using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class SourceTests
{
    [Fact]
    public async Task Pods_of_a_list_are_endpoints()
    {
        BerthResult result = await InProcess.RunAsync(
            "", isPlugin: false, "get", "endpoints", "games/lobby", "--base-port", "4000", "--pod", "lobby-0=10.88.0.10", "--pod",
            "games/lobby/lobby-2=10.88.0.11:5000", "-o", "text");
        result.AssertOk();
        Assert.Equal("10.88.0.10:4000\n10.88.0.11:5000\n", result.Out);
    }

    [Fact]
    public async Task Pods_of_a_file_are_endpoints_in_the_namespace_of_the_option()
    {
        using TestFolder folder = new();
        string file = folder.Write("pods.json", """{"games/lobby": {"lobby-1": "10.88.0.10"}}""");
        BerthResult result = await InProcess.RunAsync(
            "", isPlugin: false, "get", "endpoints", "lobby", "-n", "games", "--base-port", "4000", "--pod-file", file, "-o", "text");
        result.AssertOk();
        Assert.Equal("10.88.0.10:4001\n", result.Out);
    }

    [Theory]
    [InlineData("--source file needs --pod-file", "--source", "file")]
    [InlineData("--source static needs --pod", "--source", "static")]
    [InlineData("--pod-file belongs to --source file, and the source is dns", "--source", "dns", "--pod-file", "x")]
    [InlineData("--kubeconfig belongs to --source kubernetes", "--pod", "lobby-0=10.88.0.10", "--kubeconfig", "x")]
    [InlineData("is not a pod and its address", "--pod", "lobby-0=10.88")]
    [InlineData("games/match is not a target of this command", "--pod", "games/match/match-0=10.88.0.10")]
    [InlineData("is not the address of a DNS server", "--source", "dns", "--dns-server", "dns")]
    [InlineData("The cluster domain '.' is not a DNS name", "--source", "dns", "--cluster-domain", ".")]
    public async Task Options_that_do_not_fit_are_refused(string words, params string[] options)
    {
        BerthResult result = await InProcess.RunAsync("", isPlugin: false, ["get", "endpoints", "games/lobby", .. options]);
        result.AssertRefused(2, words);
    }
}
