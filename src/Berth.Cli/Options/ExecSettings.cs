namespace Berth.Cli.Options;

/// <summary>The options of <c>berth exec</c> that no other command has.</summary>
internal static class ExecSettings
{
    public static Setting<string?> Install { get; } = new(
        "install", "FOLDER", "Copy this program into a folder, to run it in an image of any base, and start nothing.", CommonParsers.Text,
        null);
}
