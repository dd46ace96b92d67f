using System.Runtime.InteropServices;

namespace Berth.Cli.Tests.Running;

/// <summary>Signals, as kill(1) sends them.</summary>
internal static partial class ProcessSignals
{
    public const int Kill = 9;

    public static void Send(int processId, int signal)
    {
        // A process that has just ended is no fault: the tests look at what follows.
        _ = KillProcess(processId, signal);
    }

    /// <summary>Returns true when a process exists: signal 0 only asks that.</summary>
    public static bool IsThere(int processId) => KillProcess(processId, 0) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int KillProcess(int processId, int signal);
}
