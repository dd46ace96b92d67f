namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Finds a plugin as kubectl does: a name on the PATH, a path relative to the kubeconfig. Process.Start alone would also look in the
/// working folder, where another user may have put a program of that name.
/// </summary>
internal static class ExecPath
{
    internal static string? Find(string command, YamlMap exec, string? searchPath)
    {
        if (command.Contains('/') || command.Contains(Path.DirectorySeparatorChar))
            return exec.Resolve(command) is { } path && File.Exists(path) ? path : null;
        string[] endings = OperatingSystem.IsWindows() ? ["", ".exe", ".cmd", ".bat"] : [""];
        foreach (string folder in (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Path.IsPathFullyQualified(folder))
                continue;
            foreach (string ending in endings)
            {
                string candidate = Path.Combine(folder, command + ending);
                if (IsExecutable(candidate))
                    return candidate;
            }
        }

        return null;
    }

    // Skip a file without any execute permission, as a shell does. The system decides at the start whether we may execute it.
    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None);
    }
}
