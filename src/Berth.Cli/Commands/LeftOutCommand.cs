using System.CommandLine;
using Berth.Cli.Hosting;

namespace Berth.Cli.Commands;

/// <summary>A command of a part that this program was built without. It only reports this.</summary>
internal static class LeftOutCommand
{
    public static Command Create(string name, string part)
    {
        Command command = new(name) { Hidden = true, TreatUnmatchedTokensAsErrors = false };
        command.SetAction(int (ParseResult _) => throw CommandException.Usage(
            $"This program was built for the image, without {part}, so it has no 'berth {name}'. " +
            "Build the whole program with deploy/image/publish, or use ./run."));
        return command;
    }
}
