using System.CommandLine;
using System.Diagnostics;
using Berth.Cli.Hosting;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

/// <summary>The scripts of <c>berth completion</c> in the real shells, and what they ask the program for.</summary>
public sealed class ShellTests
{
    private const string Bash = """
        source <(berth completion bash)
        COMP_WORDS=(berth TYPED)
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _berth
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    // Without a terminal the shell has no line to complete, so a function shows what the script adds.
    private const string Zsh = """
        autoload -Uz compinit
        compinit -u -D
        source <(berth completion zsh)
        compadd() { print -rl -- $words_found }
        words=(berth TYPED)
        CURRENT=$#words
        _berth
        """;

    private const string Fish = """
        berth completion fish | source
        complete -C 'berth TYPED'
        """;

    [Theory]
    [InlineData("bash", "plan sug", "suggest")]
    [InlineData("zsh", "plan sug", "suggest")]
    [InlineData("fish", "plan sug", "suggest")]
    [InlineData("bash", "doctor --url-t", "--url-token-file")]
    [InlineData("zsh", "doctor --url-t", "--url-token-file")]
    [InlineData("fish", "doctor --url-t", "--url-token-file")]
    public async Task Real_shell_completes_commands_and_options(string shell, string words, string expected)
    {
        Assert.SkipWhen(!IsInstalled(shell), $"{shell} is not on the PATH.");
        using TestFolder folder = new();
        (string executable, string[] leading) = Programs.Find(Programs.Any);
        folder.WriteScript("berth", $"exec {executable} {string.Join(' ', leading)} \"$@\"\n");
        string script = shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
        string[] quiet = shell switch { "bash" => ["--norc", "-c"], "zsh" => ["-f", "-c"], _ => ["--no-config", "-c"] };
        ProcessStartInfo info = new(shell, [.. quiet, script.Replace("TYPED", words, StringComparison.Ordinal)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment["PATH"] = $"{folder.Root}:{Environment.GetEnvironmentVariable("PATH")}";
        info.Environment["HOME"] = folder.Root;
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.True(lines.SequenceEqual([expected]), $"{shell} completes '{words}' to:\n{output}{await error}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_command_and_option_is_completed(bool isPlugin)
    {
        Command root = BerthCommands.CreateRoot(HostOf(isPlugin, TextWriter.Null));
        List<string> missing = [];
        Check(root, []);
        Assert.Empty(missing);

        void Check(Command command, string[] path)
        {
            string[] commands = Complete([.. path, ""]);
            missing.AddRange(command.Subcommands.Select(static each => each.Name).Except(commands)
                .Select(name => string.Join(' ', path) + " " + name));
            string[] options = Complete([.. path, "--"]);
            missing.AddRange(command.Options.Select(static each => each.Name).Except(options)
                .Select(name => string.Join(' ', path) + " " + name));
            foreach (Command each in command.Subcommands)
                Check(each, [.. path, each.Name]);
        }

        string[] Complete(string[] words)
        {
            using StringWriter output = new();
            Cli.Commands.CompletionCommand.Complete(root, words, output);
            return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
    }

    [Fact]
    public void Commands_of_the_plugin_take_the_options_of_kubectl()
    {
        Command root = BerthCommands.CreateRoot(HostOf(isPlugin: true, TextWriter.Null));
        (string Path, string[] Options)[] expected =
        [
            ("endpoints", ["-n", "-o", "--context", "--kubeconfig"]),
            ("get endpoints", ["-n", "-o", "--context", "--kubeconfig"]),
            ("watch", ["-n", "-o", "--context", "--kubeconfig"]),
            ("plan check", ["-f", "-n", "-o", "--context", "--kubeconfig"]),
            ("plan suggest", ["-f", "-n", "--context", "--kubeconfig"]),
            ("plan show", ["-f", "-n", "-o", "--context", "--kubeconfig"]),
            ("doctor", ["-n", "-o", "--context", "--kubeconfig"]),
            ("seats show", ["-n", "-o", "--context", "--kubeconfig"]),
            ("seats close", ["-n", "--context", "--kubeconfig"]),
            ("seats open", ["-n", "--context", "--kubeconfig"]),
        ];
        foreach ((string path, string[] options) in expected)
        {
            Command command = path.Split(' ').Aggregate(root, static (at, name) => at.Subcommands.Single(each => each.Name == name));
            string[] known = [.. command.Options.SelectMany(static option => option.Aliases.Append(option.Name))];
            Assert.True(!options.Except(known).Any(), $"{path} has no {string.Join(", ", options.Except(known))}.");
        }
    }

    [Fact]
    public async Task Seats_of_the_plugin_are_those_of_the_namespace()
    {
        await using FakeServiceA dispatcher = await FakeServiceA.StartAsync(static () => """{"pods": []}""");
        using TestFile kubeconfig = new("""
            current-context: one
            contexts:
              - {name: one, context: {cluster: c, namespace: games}}
              - {name: two, context: {cluster: c, namespace: arenas}}
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
            """);
        string[] seats = ["seats", "show", "lobby", "--url", dispatcher.Url, "--kubeconfig", kubeconfig.Path];
        (string[] More, string Namespace)[] calls = [([], "games"), (["--context", "two"], "arenas"), (["-n", "halls"], "halls")];
        foreach ((string[] more, string space) in calls)
        {
            BerthResult result = await InProcess.RunAsync("", isPlugin: true, [.. seats, .. more]);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Equal($"/v1/seats/{space}/lobby", dispatcher.Path);
        }

        BerthResult twice = await InProcess.RunAsync("", isPlugin: true, "seats", "show", "games/lobby", "-n", "halls");
        Assert.Contains("'games/lobby' names a namespace, and so does --namespace.", twice.Error, StringComparison.Ordinal);
        BerthResult plain = await InProcess.RunAsync("", isPlugin: false, "seats", "show", "lobby");
        Assert.Equal(2, plain.ExitCode);
    }

    private static ProgramHost HostOf(bool isPlugin, TextWriter writer) => new()
    {
        IsPlugin = isPlugin,
        Out = writer,
        Error = writer,
        Variable = static _ => null,
        Time = TimeProvider.System,
        Random = new Random(1),
    };

    private static bool IsInstalled(string shell) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, shell)));
}
