using System.CommandLine;
using System.CommandLine.Invocation;
using Berth.Cli.Commands;
using Berth.Cli.Hosting;

namespace Berth.Cli;

/// <summary>Parses the command line, runs the command, and converts every outcome into an exit code.</summary>
internal static class BerthProgram
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, ProgramHost host)
    {
        try
        {
            Command root = BerthCommands.CreateRoot(host);
            if (args.Count > 0 && args[0] == CompletionCommand.Ask)
                return CompletionCommand.Complete(root, [.. args.Skip(1)], host.Out);

            // A text to send may start with '@', so '@FILE' does not read a file of arguments.
            ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0))
                return ReportParseErrors(parsed, host);
            InvocationConfiguration configuration = new()
            {
                Output = host.Out,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,

                // StopSignal handles the signals.
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return FailureReport.Write(exception, host);
        }
    }

    private static int ReportParseErrors(ParseResult parsed, ProgramHost host)
    {
        string[] messages = [.. parsed.Errors.Select(static error => error.Message).Distinct(StringComparer.Ordinal)];

        // After an unknown word the parser also reports a missing command. Show only the message about the word.
        string[] unknown = [.. parsed.UnmatchedTokens];
        foreach (string message in messages.Where(message => messages.Length == 1 || unknown.Length == 0 || unknown.Any(message.Contains)))
            host.Error.WriteLine($"berth: {message}");
        host.Error.WriteLine($"See '{BerthCommands.PathOf(parsed.CommandResult)} --help'.");
        return ExitCode.Usage;
    }
}
