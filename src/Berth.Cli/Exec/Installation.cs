using Berth.Cli.Hosting;

namespace Berth.Cli.Exec;

/// <summary>
/// Copies this program into a folder from which it runs in any image: the program, and the loader and libraries that it was started with.
/// An init container puts them into a volume that the server's container mounts.
/// </summary>
internal static class Installation
{
    /// <summary>The name of the loader's copy.</summary>
    public const string LoaderName = "ld.so";

    /// <summary>The name of the program's copy.</summary>
    public const string ProgramName = "berth";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Copies the files.</summary>
    /// <param name="program">The path of this program.</param>
    /// <param name="mapped">The lines of <c>/proc/self/maps</c>.</param>
    /// <param name="folder">The folder, which is created.</param>
    /// <returns>The command that starts the copy.</returns>
    /// <exception cref="CommandException">This is not the native program, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> Install(string? program, IEnumerable<string> mapped, string folder)
    {
        if (program is null || Path.GetFileNameWithoutExtension(program) == "dotnet")
            throw CommandException.Usage(
                "Only the native program can be installed, and this one runs on the .NET runtime. Use the image's program, or that of "
                    + "deploy/image/publish.");
        string[] libraries = [.. mapped.Select(PathOf).OfType<string>().Where(IsLibrary).Distinct(StringComparer.Ordinal)];
        string? loader = libraries.FirstOrDefault(IsLoader);
        try
        {
            Directory.CreateDirectory(folder);
            Copy(program, Path.Combine(folder, ProgramName));
            foreach (string library in libraries)
                Copy(library, Path.Combine(folder, IsLoader(library) ? LoaderName : Path.GetFileName(library)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Usage($"Installing into {folder} failed: {exception.Message}", exception);
        }

        string copy = Path.Combine(folder, ProgramName);
        return loader is null ? [copy] : [Path.Combine(folder, LoaderName), "--library-path", folder, copy];
    }

    /// <summary>Copies to a new file and renames it, so that a running program of the target is not changed.</summary>
    private static void Copy(string source, string target)
    {
        string fresh = target + ".new";
        File.Copy(source, fresh, overwrite: true);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(fresh, Executable);
        File.Move(fresh, target, overwrite: true);
    }

    // "7f..-7f.. r-xp 00000000 08:01 1234    /usr/lib/x86_64-linux-gnu/libc.so.6"
    private static string? PathOf(string line)
    {
        int start = line.IndexOf('/', StringComparison.Ordinal);
        return start < 0 ? null : line[start..];
    }

    private static bool IsLibrary(string path) => Path.GetFileName(path) is { } name
        && (name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal));

    private static bool IsLoader(string path) =>
        Path.GetFileName(path) is { } name && (name == LoaderName || name.StartsWith("ld-", StringComparison.Ordinal));
}
