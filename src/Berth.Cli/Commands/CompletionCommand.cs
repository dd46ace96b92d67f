using System.CommandLine;
using System.CommandLine.Completions;
using Berth.Cli.Hosting;

namespace Berth.Cli.Commands;

/// <summary><c>berth completion bash|zsh|fish|kubectl</c>: a script with which a shell completes commands and options.</summary>
internal static class CompletionCommand
{
    /// <summary>The first word of the call by which the scripts ask for completions of the following words.</summary>
    public const string Ask = "__complete";

    private const string Bash = """
        _berth() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(berth __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _berth berth
        """;

    private const string Zsh = """
        #compdef berth
        _berth() {
            local -a words_found
            words_found=(${(f)"$(berth __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
            compadd -a words_found || _files
        }
        compdef _berth berth
        """;

    private const string Fish = """
        function __berth_complete
            set -l words (commandline -opc) (commandline -ct)
            berth __complete $words[2..] 2>/dev/null
        end
        complete -c berth -a '(__berth_complete)'
        """;

    private const string Kubectl = """
        #!/bin/sh
        # Save it as kubectl_complete-berth on the PATH: kubectl asks it what may follow "kubectl berth".
        kubectl-berth __complete "$@"
        echo :0
        """;

    public static Command Create(ProgramHost host)
    {
        Argument<string?> shell = new("SHELL") { Description = "bash, zsh, fish or kubectl.", Arity = ArgumentArity.ExactlyOne };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "kubectl");
        ExampleCommand command = new(
            "completion",
            "Writes a script with which a shell completes commands and options.",
            "source <(berth completion bash)",
            "berth completion zsh > ~/.zfunc/_berth",
            "berth completion fish > ~/.config/fish/completions/berth.fish",
            "berth completion kubectl > ~/.local/bin/kubectl_complete-berth     # executable; for kubectl berth")
        {
            shell,
        };
        return command.Runs(host, [], reader =>
        {
            host.Out.WriteLine(reader.GetArgument(shell) switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, _ => Kubectl });
            return Task.FromResult(ExitCode.Ok);
        });
    }

    /// <summary>Writes the words that may follow, one word a line. The last of the given words is the one that the user types.</summary>
    public static int Complete(Command root, IReadOnlyList<string> words, TextWriter output)
    {
        string line = string.Join(' ', words);
        string typed = words.Count == 0 ? "" : words[^1];
        ParseResult parsed = root.Parse(line, new ParserConfiguration { ResponseFileTokenReplacer = null });
        foreach (CompletionItem item in parsed.GetCompletions(line.Length))
        {
            if (item.Label.StartsWith(typed, StringComparison.Ordinal) && item.Label is not ("/?" or "/h" or "-?"))
                output.WriteLine(item.Label);
        }

        return ExitCode.Ok;
    }
}
