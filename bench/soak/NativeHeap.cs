using System.Runtime.InteropServices;

namespace Berth.Soak;

/// <summary>
/// What malloc holds for this process: TLS, the JIT compiler and the runtime itself allocate there, and no collection touches it.
/// </summary>
/// <remarks>
/// malloc keeps most of what is freed, in the thread's own arena and in whatever pieces it was: after a burst of handshakes or of
/// compilation the process keeps some tens of megabytes of unused memory. That is neither a leak nor flat, so it is given back before
/// anything is measured, and told apart.
/// </remarks>
/// <param name="Used">Bytes that are allocated and not freed. Where native code leaks, it leaks here.</param>
/// <param name="Kept">Bytes that are free, and that malloc kept until it was trimmed.</param>
internal readonly partial record struct NativeHeap(long Used, long Kept)
{
    /// <summary>Looks, and then trims. Both are 0 where the C library is not glibc 2.33 or later.</summary>
    public static NativeHeap Trim()
    {
        try
        {
            Info info = Read();
            // What it gave back or did not shows in the private memory.
            _ = MallocTrim(0);
            return new NativeHeap((long)(info.Used + info.Mapped), (long)info.Free);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return default;
        }
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Info Read();

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    /// <summary>struct mallinfo2 of malloc.h, summed over all arenas.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Info
    {
        private readonly nuint _arena;
        private readonly nuint _freeChunks;
        private readonly nuint _fastChunks;
        private readonly nuint _mappings;
        public readonly nuint Mapped;
        private readonly nuint _unused;
        private readonly nuint _fastBytes;
        public readonly nuint Used;
        public readonly nuint Free;
        private readonly nuint _releasable;
    }
}
