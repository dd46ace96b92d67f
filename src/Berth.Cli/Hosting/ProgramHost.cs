using System.Diagnostics.CodeAnalysis;

namespace Berth.Cli.Hosting;

/// <summary>
/// The surroundings of the program: its streams, environment, clock and randomness. All other code takes them from here.
/// </summary>
internal sealed class ProgramHost
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Logs and what went wrong.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gives an environment variable, or null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    /// <summary>True when a person looks at the results, so that a table may be redrawn.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Colours only on a terminal, and not where NO_COLOR (no-color.org) is set.</summary>
    public bool UseColour => OutIsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR"));

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The composition root: the environment, clock and randomness of the process " +
        "are taken here and passed down.")]
    public static ProgramHost OfThisProcess()
    {
        bool terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new ProgramHost
        {
            Out = Console.Out,
            Error = Console.Error,
            Variable = Environment.GetEnvironmentVariable,
            Time = TimeProvider.System,
            Random = Random.Shared,
            OutIsTerminal = terminal,
        };
    }
}
