namespace Berth.Cli.Hosting;

/// <summary>Ends the command with a sentence for the user and an exit code.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(int exitCode, string message, Exception? innerException = null)
        : base(message, innerException) => ExitCode = exitCode;

    public int ExitCode { get; }

    public static CommandException Usage(string message, Exception? innerException = null) =>
        new(Hosting.ExitCode.Usage, message, innerException);

    public static CommandException NothingFound(string message) => new(Hosting.ExitCode.NothingFound, message);

    public static CommandException Unreachable(string message, Exception? innerException = null) =>
        new(Hosting.ExitCode.Unreachable, message, innerException);
}
