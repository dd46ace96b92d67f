using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Up;

/// <summary>docs/guide.md, executed on free ports: every command must print the output below it.</summary>
public sealed partial class GuideTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_command_of_the_guide_prints_what_the_guide_says()
    {
        foreach (string tool in (string[])["bash", "curl", "kubectl"])
            Assert.SkipWhen(!IsThere(tool), $"{tool} is not on the PATH.");
        string root = Checkout.Root;
        List<(string Command, string Output)> steps = Read(await File.ReadAllLinesAsync(Path.Combine(root, "docs", "guide.md"), Cancelled));
        Assert.Equal("./run --nodes 3", steps[0].Command);
        await using LocalUp up = await LocalUp.StartAsync(Programs.Any, 3, "--nodes", "3");
        foreach (string line in Here(steps[0].Output, up).Split('\n'))
            Assert.Matches(new Regex(Pattern(line), RegexOptions.Multiline), up.Process.Out.Text);

        int run = 0;
        foreach ((string command, string output) in steps.Skip(1)
            .Where(static step => !step.Command.StartsWith("export KUBECONFIG=", StringComparison.Ordinal)))
        {
            string printed = await RunAsync(Here(command, up), root, up);
            // On a busy machine a probe comes too late now and then, and a pod is not ready for a moment: what only asks is asked again.
            using CancellationTokenSource limit = new(Wait.Limit);
            while (OnlyAsks(command) && !Regex.IsMatch(printed, Pattern(Here(output, up))) && !limit.IsCancellationRequested)
                printed = await RunAsync(Here(command, up), root, up);
            if (!Regex.IsMatch(printed, Pattern(Here(output, up))))
            {
                string pods = await RunAsync("kubectl -n k8s-example2 get pods -o wide; kubectl -n k8s-example2 get events", root, up);
                Assert.Fail($"$ {command}\nprinted\n{printed}\nand the guide says\n{Here(output, up)}\n{pods}");
            }

            run++;
        }

        Assert.True(run >= 20, $"The guide has {run} commands; has its form changed?");
    }

    /// <summary>The commands of all console blocks, and the output below each.</summary>
    private static List<(string Command, string Output)> Read(IEnumerable<string> lines)
    {
        List<(string Command, List<string> Output)> steps = [];
        bool inside = false;
        foreach (string line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```console";
            else if (inside && line.StartsWith("$ ", StringComparison.Ordinal))
                steps.Add((line[2..], []));
            else if (inside)
                steps[^1].Output.Add(line);
        }

        return [.. steps.Select(static step => (step.Command, string.Join('\n', step.Output)))];
    }

    /// <summary>True when a command changes nothing, so that it may be run again.</summary>
    private static bool OnlyAsks(string command) =>
        command.StartsWith("for i in", StringComparison.Ordinal) || command.StartsWith("curl -s", StringComparison.Ordinal)
        || (command.StartsWith("kubectl ", StringComparison.Ordinal) && command.Contains(" get ", StringComparison.Ordinal));

    /// <summary>The guide's ports become those of this test.</summary>
    private static string Here(string text, LocalUp up)
    {
        text = text.Replace("127.0.0.1:8000", new Uri(up.Url).Authority, StringComparison.Ordinal);
        text = text.Replace("300…", "…", StringComparison.Ordinal);
        return PortOfB().Replace(
            text, match => ":" + (up.PortBase + match.Groups[1].Value[0] - '0').ToString(CultureInfo.InvariantCulture));
    }

    private static string Pattern(string text)
    {
        StringBuilder pattern = new("^");
        foreach (string line in text.Split('\n'))
            pattern.Append(Spaces().Replace(Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal), @"\s+")).Append(@"\s*");
        return pattern.Append('$').ToString();
    }

    private static async Task<string> RunAsync(string command, string root, LocalUp up)
    {
        (string executable, string[] leading) = Programs.Find(Programs.Any);
        command = command.Replace("./berth ", $"{executable} {string.Join(' ', leading)} ", StringComparison.Ordinal);
        ProcessStartInfo info = new(
            "bash",
            ["-c", $"{{ {command}\n}} 2>&1"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
                WorkingDirectory = root,
            };
        info.Environment["KUBECONFIG"] = up.Kubeconfig;
        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        string printed = await process.StandardOutput.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        return printed.TrimEnd();
    }

    private static bool IsThere(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));

    [GeneratedRegex(@":300(\d)\b")]
    private static partial Regex PortOfB();

    [GeneratedRegex(@"(\\ )+")]
    private static partial Regex Spaces();
}
