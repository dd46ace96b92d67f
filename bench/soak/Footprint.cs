using System.Globalization;

namespace Berth.Soak;

/// <summary>
/// The memory, threads and handles of a process. For a process of the soak they are read right after a full collection and after malloc has
/// returned its free memory.
/// </summary>
/// <param name="Resident">
/// The working set in bytes. It includes pages of program files, which the kernel loads when code is first used and may remove at any time.
/// </param>
/// <param name="Private">The part of it without a file, in bytes: heaps, stacks and buffers. Every leak shows here.</param>
/// <param name="Heap">The managed heap in bytes; 0 for another process, where it is not known.</param>
/// <param name="Native">The memory of malloc; 0 where it is not known.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">
/// Open file descriptors. The runtime opens each assembly twice and keeps both open: these two do not count, but a third does.
/// </param>
internal readonly record struct Footprint(long Resident, long Private, long Heap, NativeHeap Native, int Threads, int Handles)
{
    private const int OpenPerAssembly = 2;

    public static Footprint OfThisProcess()
    {
        // Twice, because the second collection takes the objects that finalizers have released, and native code frees its memory only then.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        NativeHeap native = NativeHeap.Trim();
        return Of("self") with { Heap = GC.GetTotalMemory(forceFullCollection: false), Native = native };
    }

    /// <summary>Reads the figures that the kernel has of every process.</summary>
    /// <param name="process">Its id, or <c>self</c>.</param>
    public static Footprint Of(string process)
    {
        Dictionary<string, string> status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return new Footprint(
            Kilobytes(status["VmRSS"]), Kilobytes(status["RssAnon"]), 0, default, (int)Number(status["Threads"]), CountHandles(process));
    }

    /// <summary>
    /// The smaller of two samples, for each number: a compilation or a handshake at one moment only adds, and a leak is in every sample.
    /// </summary>
    public Footprint Least(Footprint other) => new(
        Math.Min(Resident, other.Resident), Math.Min(Private, other.Private), Math.Min(Heap, other.Heap),
        new NativeHeap(Math.Min(Native.Used, other.Native.Used), Math.Min(Native.Kept, other.Native.Kept)),
        Math.Min(Threads, other.Threads), Math.Min(Handles, other.Handles));

    public static Footprint Parse(string text)
    {
        long[] numbers = [.. text.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
        return new Footprint(numbers[0], numbers[1], numbers[2], new NativeHeap(numbers[3], numbers[4]), (int)numbers[5], (int)numbers[6]);
    }

    public string ToString(IFormatProvider provider) =>
        string.Create(provider, $"{Resident} {Private} {Heap} {Native.Used} {Native.Kept} {Threads} {Handles}");

    private static int CountHandles(string process)
    {
        string[] open = [.. Directory.GetFileSystemEntries($"/proc/{process}/fd").Select(Target)];
        IEnumerable<IGrouping<string, string>> assemblies = open.Where(
            target => Path.GetExtension(target) is ".dll" or ".pdb").GroupBy(target => target, StringComparer.Ordinal);
        return open.Length - assemblies.Sum(assembly => Math.Min(assembly.Count(), OpenPerAssembly));
    }

    private static string Target(string entry)
    {
        try
        {
            return File.ResolveLinkTarget(entry, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (IOException)
        {
            // It was closed meanwhile, as the handle by which the folder itself was read.
            return "";
        }
    }

    private static long Number(string value) => long.Parse(value.AsSpan().Trim(), CultureInfo.InvariantCulture);

    private static long Kilobytes(string value) => Number(value[..^2]) * 1024;
}
