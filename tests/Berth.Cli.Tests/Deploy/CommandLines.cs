using System.CommandLine;
using Berth.Cli.Hosting;

namespace Berth.Cli.Tests.Deploy;

/// <summary>Holds command lines that stand somewhere in text against the program's own commands and options.</summary>
internal static class CommandLines
{
    private static readonly Command s_root = BerthCommands.CreateRoot(new ProgramHost
    {
        Out = TextWriter.Null, Error = TextWriter.Null, Variable = static _ => null, Time = TimeProvider.System, Random = new Random(1),
    });

    /// <summary>Returns the faults of the words after <c>berth</c>: unknown commands, options, missing values.</summary>
    public static IReadOnlyList<string> FaultsOf(IReadOnlyList<string> words) =>
        [.. s_root.Parse(words).Errors.Select(static e => e.Message)];

    /// <summary>The environment variables that the command behind the words reads.</summary>
    public static IReadOnlyList<string> VariablesOf(IReadOnlyList<string> words) =>
        [.. s_root.Parse(words)
            .CommandResult.Command.Options.Select(static o => "BERTH_" + o.Name.TrimStart('-').ToUpperInvariant().Replace('-', '_'))];
}
