using Berth.Cli.Hosting;
using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>The image <c>berth</c> of the local cluster: the program that runs the cluster.</summary>
internal static class SelfImage
{
    /// <summary>
    /// Returns the command that starts this program: its file, or <c>dotnet Berth.Cli.dll</c> if it was started like that.
    /// </summary>
    public static ImageProgram Find()
    {
        string? program = Environment.ProcessPath;
        if (program is null || !File.Exists(program))
            throw CommandException.Usage(
                "The path of the running program is not known, so its pods cannot be started. Run berth by its full path.");
        if (!Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            return new ImageProgram(program);
        return new ImageProgram(program, Path.Combine(AppContext.BaseDirectory, "Berth.Cli.dll"));
    }
}
