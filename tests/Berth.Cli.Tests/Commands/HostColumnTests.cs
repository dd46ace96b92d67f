using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

/// <summary>The column HOST of <c>berth get endpoints</c>, over an API server that a test plays.</summary>
public sealed class HostColumnTests
{
    [Fact]
    public async Task Host_names_have_a_column_where_there_are_some()
    {
        BerthResult result = await RunAsync("--host-template", "{pod}.{namespace}.play.example.com");
        string[] lines = result.Out.TrimEnd('\n').Split('\n');
        Assert.EndsWith("HOST", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("service-b-0.k8s-example2.play.example.com", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("service-b-1.k8s-example2.play.example.com", lines[2], StringComparison.Ordinal);
        // All cells of a column start below its heading.
        Assert.All(lines, line => Assert.Equal(lines[0].IndexOf("HOST", StringComparison.Ordinal), line.LastIndexOf(' ') + 1));
    }

    [Fact]
    public async Task Without_host_names_there_is_no_column()
    {
        BerthResult result = await RunAsync();
        Assert.DoesNotContain("HOST", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_host_of_each_pod()
    {
        BerthResult result = await RunAsync("--host-template", "{ordinal}.play.example.com", "-o", "json");
        Assert.Contains("\"host\":\"0.play.example.com\"", result.Out.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<BerthResult> RunAsync(params string[] options)
    {
        await using FakeKubernetes api = await FakeKubernetes.StartAsync(new SlicesServer().AnswerAsync);
        BerthResult result = await InProcess.RunAsync(
            "", isPlugin: false,
            ["get", "endpoints", "k8s-example2/service-b", "--base-port", "3000", "--kubeconfig", api.Kubeconfig, .. options]);
        result.AssertOk();
        return result;
    }
}
