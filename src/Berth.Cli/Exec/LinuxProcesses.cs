using System.Runtime.InteropServices;

namespace Berth.Cli.Exec;

/// <summary>
/// The system calls that a parent of processes needs. <c>System.Diagnostics.Process</c> is not enough: it waits only for its own children,
/// so that as process 1 of a container it would leave the others as zombies, and it does not reset the signals of a new process.
/// </summary>
internal static partial class LinuxProcesses
{
    // errno-base.h and errno.h; the same on x86_64 and arm64.
    public const int NotFound = 2;
    public const int NoAccess = 13;
    public const int NotExecutable = 8;
    private const int Interrupted = 4;

    // bits/waitflags.h, spawn.h, linux/prctl.h
    private const int NoHang = 1;
    private const int Ended = 4;
    private const int LeaveIt = 0x01000000;
    private const int ChildSignal = 17;
    private const short ResetSignals = 0x04;
    private const short SetMask = 0x08;
    private const int ChildSubreaper = 36;

    // sigset_t has 128 bytes in glibc and musl, posix_spawnattr_t 336.
    private const int SetSize = 128;
    private const int AttributesSize = 512;

    /// <summary>siginfo_t has 128 bytes.</summary>
    private const int InfoSize = 128;

    /// <summary>
    /// Starts a program, found through PATH, with the given arguments and environment. Its signals have their defaults and none is blocked:
    /// the .NET runtime ignores SIGPIPE, which a child would inherit.
    /// </summary>
    /// <returns>The process's id, or the error number of exec as a negative number.</returns>
    public static unsafe int Start(IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        byte* attributes = stackalloc byte[AttributesSize];
        byte* set = stackalloc byte[SetSize];
        using NativeTexts argv = new(arguments);
        using NativeTexts envp = new(environment);
        int error = InitAttributes(attributes);
        if (error != 0)
            return -error;
        try
        {
            _ = FillSet(set);
            _ = SetDefaults(attributes, set);
            _ = EmptySet(set);
            _ = SetMaskOf(attributes, set);
            _ = SetFlags(attributes, ResetSignals | SetMask);
            int id = 0;
            error = Spawn(&id, argv.Pointer[0], null, attributes, argv.Pointer, envp.Pointer);
            return error == 0 ? id : -error;
        }
        finally
        {
            _ = DestroyAttributes(attributes);
        }
    }

    /// <summary>Collects one child that has ended, any child.</summary>
    /// <returns>Its id and exit code (128 + N after signal N), or null when none has ended.</returns>
    public static unsafe (int Id, int ExitCode)? TakeEnded()
    {
        while (true)
        {
            int status = 0;
            int id = WaitFor(-1, &status, NoHang);
            if (id > 0)
                return (id, (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F));
            if (id == 0 || Marshal.GetLastPInvokeError() != Interrupted)
                return null;
        }
    }

    /// <summary>Waits until a child has ended, and does not collect it. False when there is no child.</summary>
    public static unsafe bool WaitForEnd()
    {
        byte* info = stackalloc byte[InfoSize];
        while (WaitForId(0, 0, info, Ended | LeaveIt) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                return false;
        }

        return true;
    }

    /// <summary>
    /// Sets SIGCHLD to its default: children that have ended wait for their parent, and nothing else collects them on that signal.
    /// </summary>
    public static void KeepEnds() => _ = SetHandler(ChildSignal, 0);

    /// <summary>Makes this process the parent of orphans below it, as process 1 of a container is.</summary>
    public static void BecomeReaper() => _ = Control(ChildSubreaper, 1, 0, 0, 0);

    /// <summary>Sends a signal.</summary>
    public static void Send(int id, int signal) => _ = Kill(id, signal);

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    private static unsafe partial int Spawn(int* id, byte* file, void* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static unsafe partial int SetDefaults(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static unsafe partial int SetMaskOf(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static unsafe partial int FillSet(byte* set);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static unsafe partial int EmptySet(byte* set);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static unsafe partial int WaitFor(int id, int* status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int WaitForId(int kind, uint id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);
}
