using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Berth.Bench.Load;

/// <summary>
/// The call ppoll(2) of Linux: waits for sockets, up to a time in nanoseconds. .NET's own waits count in milliseconds, and at 7,500
/// requests a second one is due every 133 us.
/// </summary>
internal static partial class PollCall
{
    public const short Readable = 1;

    private const int Interrupted = 4;

    /// <summary>Waits until one of the files is ready or the time is over. Each entry then has what is ready.</summary>
    public static void Wait(Span<Entry> entries, TimeSpan time)
    {
        Timespec limit = new(time.Ticks / TimeSpan.TicksPerSecond, time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        int ready = Poll(ref MemoryMarshal.GetReference(entries), (nuint)entries.Length, in limit, 0);
        if (ready >= 0)
            return;
        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
            throw new Win32Exception(error);
        foreach (ref Entry entry in entries)
            entry.Ready = 0;
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int Poll(ref Entry entries, nuint count, in Timespec limit, nint signals);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Entry
    {
        public int File;
        public short Wanted;
        public short Ready;
    }

    /// <summary>struct timespec of 64-bit Linux.</summary>
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
