using System.Diagnostics;

namespace Berth.Dns.Tests.RealServer;

/// <summary>
/// The path of Knot DNS on this machine. If it is missing and the tests run as root, it is installed once from Debian's packages.
/// </summary>
internal static class KnotProgram
{
    private static readonly string[] s_folders = ["/usr/sbin", "/usr/local/sbin"];

    private static readonly Lazy<Task> s_installed = new(InstallAsync);

    /// <returns>The path of the program, or null when it cannot be had.</returns>
    public static async Task<string?> FindAsync(string program)
    {
        if (Find(program) is { } found)
            return found;
        await s_installed.Value;
        return Find(program);
    }

    private static string? Find(string program) => s_folders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    private static async Task InstallAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            return;
        ProcessStartInfo start = new(
            "/usr/bin/apt-get", ["-o", "DPkg::Lock::Timeout=60", "-qq", "install", "-y", "--no-install-recommends", "knot"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // If it worked, the program is there.
        await process.WaitForExitAsync(CancellationToken.None);
    }
}
