using System.Runtime.InteropServices;

namespace Berth.LocalCluster.Runtime;

/// <summary>kill(2). .NET itself can send only SIGKILL.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Sends a signal. A process that has ended is not an error. A negative id names a process group.</summary>
    public static void Send(int processId, int signal) => _ = SendSignal(processId, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
