using System.Runtime.InteropServices;

namespace Berth.Soak;

/// <summary>
/// The memory of malloc in this process. TLS, the JIT compiler and the runtime itself allocate there, and no collection frees it.
/// </summary>
/// <remarks>
/// malloc keeps most freed memory, in the arena of the thread and in its pieces: after many handshakes or compilations the process keeps
/// tens of megabytes of unused memory. That is no leak, but it is not constant, so it is returned to the system before the measurement, and
/// reported separately.
/// </remarks>
/// <param name="Used">Bytes that are allocated and not freed. A leak of native code shows here.</param>
/// <param name="Kept">Bytes that are free, and that malloc kept until the trim.</param>
internal readonly partial record struct NativeHeap(long Used, long Kept)
{
    /// <summary>Reads both, and then trims. Both are 0 where the C library is not glibc 2.33 or later.</summary>
    public static NativeHeap Trim()
    {
        try
        {
            Info info = Read();
            // The private memory shows whether it returned anything.
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
