using System.Runtime.InteropServices;

namespace Berth.Dispatcher.FirstLook;

/// <summary>The calls of Linux that the first look makes. The constants are those of x64 and Arm64.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int TooManyFilesOfSystem = 23;
    public const int TooManyFiles = 24;
    public const int NotASocket = 88;
    public const int BadFile = 9;
    public const int InvalidArgument = 22;
    public const int NoBuffers = 105;

    /// <summary>The flag of <see cref="Receive"/> that leaves the bytes unread.</summary>
    public const int Peek = 0x2;

    /// <summary>The flag of <see cref="Send"/> that keeps the bytes back because more follows at once.</summary>
    public const int More = 0x8000;

    /// <summary>The flag of <see cref="Send"/> that asks for no signal where the client has gone.</summary>
    public const int NoSignal = 0x4000;

    /// <summary>The value of <see cref="Shutdown"/> that ends the sent side.</summary>
    public const int ShutdownSend = 1;

    /// <summary>The flags of <see cref="Accept"/> for a socket that does not block and that started programs do not get.</summary>
    public const int NonBlockingAndOwn = 0x800 | 0x80000;

    /// <summary>True where these calls can be made.</summary>
    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The error of the last call of this thread that failed.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int listener, void* address, void* length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateSignal(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, void* bytes, nint length);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEvents(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEvents(int events, int operation, int file, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitForEvents(int events, byte* ready, int count, int milliseconds);
}
