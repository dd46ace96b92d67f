using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Deploy;

/// <summary><c>helm template ... | berth plan check -f -</c>, with a real Helm and the chart of this checkout.</summary>
public sealed class ChartPlanTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Chart_with_default_values_has_no_fault(int helm)
    {
        BerthResult result = await CheckAsync(await TemplateAsync(helm));

        Assert.Equal((0, ""), (result.ExitCode, result.Out));
        Assert.Contains("0 errors, 0 warnings, 0 notes.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chart_with_seats_and_budget_has_no_error()
    {
        BerthResult result = await CheckAsync(await TemplateAsync(
            4, """seats={"enabled":true}""", """dispatch={"podDisruptionBudget":{"enabled":true}}""", "echo.replicas=5"));

        Assert.True(result.ExitCode == 0, result.Out + result.Error);
    }

    [Fact]
    public async Task Two_releases_with_one_range_are_found_with_the_line_of_the_output()
    {
        string other = (await TemplateAsync(4, "echo.basePort=3001")).Replace("k8s-example2", "other", StringComparison.Ordinal);
        string text = await TemplateAsync(4) + "---\n" + other;

        BerthResult result = await CheckAsync(text);

        // The line before it names the variable.
        int line = Array.FindLastIndex(text.Split('\n'), static l => l.Contains("3001", StringComparison.Ordinal));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error    overlap               stdin:{line}  StatefulSet other/service-b", result.Out, StringComparison.Ordinal);
        Assert.Contains("(3000..3002) have port 3001 in common.", result.Out, StringComparison.Ordinal);
    }

    private static async Task<string> TemplateAsync(int helm, params string[] settings)
    {
        (int code, string output, string error) = await Helm.RunAsync(helm, "template", settings);
        Assert.True(code == 0, error);
        return output;
    }

    private static Task<BerthResult> CheckAsync(string text) => InProcess.RunAsync(text, isPlugin: false, "plan", "check", "-f", "-");
}
