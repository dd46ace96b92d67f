using System.Diagnostics;
using Berth.LocalCluster.Fields;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// A private view of the files for one process, through unshare(1): the volumes of its container are at their mount paths, and no other
/// process sees them there. For a user other than root it uses a user namespace; the process still runs as that user.
/// </summary>
internal sealed class MountNamespace
{
    private static readonly string s_script = FieldTable.Text("mounts.sh");
    private readonly Lazy<bool> _isAllowed;
    private readonly string? _unshare;
    private readonly bool _isRoot = Environment.IsPrivilegedProcess;

    /// <param name="folders">The folders with the programs of the system.</param>
    public MountNamespace(IReadOnlyList<string> folders)
    {
        _unshare = OperatingSystem.IsLinux()
            ? folders.Select(static folder => Path.Combine(folder, "unshare")).FirstOrDefault(File.Exists)
            : null;
        _isAllowed = new Lazy<bool>(Try);
    }

    /// <summary>True when this system allows it. The first read tries it.</summary>
    public bool IsAllowed => _isAllowed.Value;

    /// <summary>Returns the command to put in front of the command of the process.</summary>
    /// <param name="scratch">An empty folder in which the mounts are prepared.</param>
    /// <param name="mounts">The mounts.</param>
    /// <param name="program">The program, which must stay visible.</param>
    public IEnumerable<string> Words(string scratch, IReadOnlyList<ContainerMount> mounts, string program)
    {
        string[] user = _isRoot ? ["", ""] : [Number("-u"), Number("-g")];
        return
        [
            .. Unshare, "/bin/sh", "-c", s_script, "mounts", scratch, .. user, program,
            .. mounts.SelectMany(static mount => (string[])[mount.Source, mount.Target, mount.IsReadOnly ? "ro" : "rw"]), "--",
        ];
    }

    private IEnumerable<string> Unshare => _isRoot
        ? [_unshare!, "--mount", "--"]
        : [_unshare!, "--user", "--map-root-user", "--mount", "--"];

    private bool Try()
    {
        if (_unshare is null)
            return false;
        string[] words = [.. Unshare, "/bin/sh", "-c", "mount -t tmpfs berth /mnt"];
        return Run(words[0], words.Skip(1)) is not null;
    }

    private static string Number(string which) => Run("id", [which])?.Trim() ?? "0";

    /// <summary>Returns the output of a short command, or null when it failed.</summary>
    private static string? Run(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : null;
    }
}
