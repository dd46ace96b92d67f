using System.Diagnostics;
using YamlDotNet.RepresentationModel;

namespace Berth.Cli.Tests.Deploy;

/// <summary>
/// Real Helms, 4 and 3, and the chart of this checkout. <c>./test</c> unpacks them below artifacts/ where npm is on the PATH.
/// </summary>
internal static class Helm
{
    private const int Newest = 4;

    /// <summary>The folder of the chart.</summary>
    public static string Chart { get; } = Path.Combine(Checkout.Root, "deploy", "chart", "berth");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Runs Helm on the chart.</summary>
    /// <param name="command">template or lint.</param>
    /// <param name="settings">Values, as <c>--set-json</c> takes them.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(string command, params string[] settings) =>
        RunAsync(Newest, command, settings);

    /// <summary>Runs Helm of one version on the chart.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(int version, string command, params string[] settings)
    {
        string[] names = command == "template" ? [command, "berth"] : [command];
        return await StartAsync(
            version, null, [.. names, Chart, "-n", "k8s-example2", .. settings.SelectMany(static s => new[] { "--set-json", s })]);
    }

    /// <summary>Skips the test if Helm of a version is missing.</summary>
    public static void Require(int version = Newest) => Assert.SkipUnless(
        File.Exists(ProgramOf(version)), $"{ProgramOf(version)} is not there. ./test unpacks it where npm is on the PATH.");

    /// <summary>Runs Helm on a cluster, in the namespace of the chart. It must succeed. Returns its output.</summary>
    public static async Task<string> OkAsync(int version, string kubeconfig, string[] arguments)
    {
        (int code, string output, string error) = await StartAsync(version, kubeconfig, [.. arguments, "-n", "k8s-example2"]);
        Assert.True(code == 0, $"helm {string.Join(' ', arguments)} ended with {code}: {output}{error}");
        return output;
    }

    private static string ProgramOf(int version) =>
        Path.Combine(Checkout.Root, "artifacts", "test", version == Newest ? "helm" : "helm3", "helm");

    private static async Task<(int ExitCode, string Output, string Error)> StartAsync(int version, string? kubeconfig, string[] arguments)
    {
        Require(version);
        ProcessStartInfo start = new(ProgramOf(version), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (kubeconfig is not null)
        {
            // Its caches, too, are of this test alone.
            foreach (string name in (string[])["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HOME"])
                start.Environment[name] = Path.GetDirectoryName(kubeconfig)!;
        }

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
