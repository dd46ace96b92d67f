using System.Diagnostics;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Deploy;

/// <summary>A real Helm, and the chart of this checkout. <c>./test</c> unpacks Helm below artifacts/ where npm is on the PATH.</summary>
internal static class Helm
{
    private static readonly string s_chart = Path.Combine(Checkout.Root, "deploy", "chart", "berth");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Runs Helm on the chart.</summary>
    /// <param name="command">template or lint.</param>
    /// <param name="settings">Values, as <c>--set-json</c> takes them.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string command, params string[] settings)
    {
        string program = Path.Combine(Checkout.Root, "artifacts", "test", "helm", "helm");
        Assert.SkipUnless(File.Exists(program), $"{program} is not there. ./test unpacks it where npm is on the PATH.");
        string[] names = command == "template" ? [command, "berth"] : [command];
        ProcessStartInfo start = new(
            program, [.. names, s_chart, "-n", "k8s-example2", .. settings.SelectMany(static s => new[] { "--set-json", s })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(Cancelled);
        string output = await process.StandardOutput.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, output, await error);
    }

    /// <summary>The objects that the chart makes of some values.</summary>
    public static async Task<IReadOnlyList<YamlMappingNode>> TemplateAsync(params string[] settings)
    {
        (int code, string output, string error) = await RunAsync("template", settings);
        Assert.True(code == 0, error);
        return Load(output);
    }

    public static IReadOnlyList<YamlMappingNode> Load(string text)
    {
        using StringReader reader = new(text);
        YamlStream stream = [];
        stream.Load(reader);
        return [.. stream.Documents.Select(static d => d.RootNode).OfType<YamlMappingNode>()];
    }
}
