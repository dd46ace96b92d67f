using System.Diagnostics;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Deploy;

/// <summary>The program as a plugin of the real kubectl.</summary>
public sealed class PluginTests
{
    [Fact]
    public async Task Real_kubectl_runs_the_program_as_its_plugin()
    {
        using TestFolder folder = new();
        (string executable, string[] leading) = Programs.Find(Programs.Any);
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        Assert.SkipWhen(!path.Split(':').Any(static each => File.Exists(Path.Combine(each, "kubectl"))), "kubectl is not on the PATH.");

        // A script as the managed program has another name; it passes the name on as a link of the native program would.
        folder.WriteScript("kubectl-berth", $"exec {executable} {string.Join(' ', leading)} \"$@\"\n");
        string pods = folder.Write("pods.json", """{"games/lobby": {"lobby-1": "10.88.0.10"}}""");
        ProcessStartInfo info = new(
            "kubectl", ["berth", "get", "endpoints", "lobby", "-n", "games", "--base-port", "4000", "--pod-file", pods, "-o", "text"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        info.Environment["PATH"] = folder.Root + ":" + path;
        using Process kubectl = Process.Start(info)!;
        string output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("10.88.0.10:4001\n", output);
    }
}
