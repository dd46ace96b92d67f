using System.Diagnostics.CodeAnalysis;

namespace Berth.Cli.Hosting;

/// <summary>The environment of the program: its streams, variables, clock and randomness. All other code gets them from here.</summary>
internal sealed class ProgramHost
{
    /// <summary>True when kubectl runs the program, which it does by the name <c>kubectl-berth</c>.</summary>
    public bool IsPlugin { get; init; }

    /// <summary>Standard input.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>The stream for results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>The stream for logs and error messages.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Returns an environment variable, or null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Returns the whole environment, as NAME=VALUE. Default: empty.</summary>
    public Func<IReadOnlyList<string>> Environs { get; init; } = static () => [];

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    /// <summary>True when the results go to a terminal, so that a table may be redrawn.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>True when the input comes from a terminal.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>True on a terminal, unless NO_COLOR (no-color.org) is set.</summary>
    public bool UseColour => OutIsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR"));

    [SuppressMessage("ApiDesign", "RS0030",
        Justification = "The composition root takes environment, clock and randomness from the process and passes them down.")]
    public static ProgramHost OfThisProcess()
    {
        bool terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new ProgramHost
        {
            IsPlugin = IsPluginName(Environment.GetCommandLineArgs()[0]) || IsPluginName(Environment.ProcessPath),
            In = Console.In,
            Out = Console.Out,
            Error = Console.Error,
            Variable = Environment.GetEnvironmentVariable,
            Environs = static () => [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .Select(static entry => $"{entry.Key}={entry.Value}")],
            Time = TimeProvider.System,
            Random = Random.Shared,
            OutIsTerminal = terminal,
            InIsTerminal = !Console.IsInputRedirected,
        };
    }

    // kubectl calls the file kubectl-berth; a plugin manager may have made it a link to another name.
    private static bool IsPluginName(string? path) => Path.GetFileNameWithoutExtension(path) == "kubectl-berth";
}
