using System.Globalization;

namespace Berth.Soak;

/// <summary>
/// What a process holds. Of a process of the soak's own, right after a full collection and after malloc gave back what it only kept.
/// </summary>
/// <param name="Resident">Working set, bytes: with the pages of program files, which the kernel reads in as code is first used and takes
/// away as it likes.</param>
/// <param name="Private">Of that, what no file backs, bytes: heaps, stacks and buffers. Whatever leaks, leaks here.</param>
/// <param name="Heap">Managed heap, bytes; 0 where it is not known, of another process.</param>
/// <param name="Native">What malloc holds; 0 where it is not known.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">Open file descriptors. The runtime opens each assembly twice and keeps it: those two do not count, a third
/// does.</param>
internal readonly record struct Footprint(long Resident, long Private, long Heap, NativeHeap Native, int Threads, int Handles)
{
    private const int OpenPerAssembly = 2;

    public static Footprint OfThisProcess()
    {
        // Twice: what finalizers let go is collected by the second, and only then freed by native code.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        NativeHeap native = NativeHeap.Trim();
        return Of("self") with { Heap = GC.GetTotalMemory(forceFullCollection: false), Native = native };
    }

    /// <summary>Figures that the kernel has of every process.</summary>
    /// <param name="process">Its id, or <c>self</c>.</param>
    public static Footprint Of(string process)
    {
        Dictionary<string, string> status = File.ReadLines($"/proc/{process}/status")
            .Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return new Footprint(
            Kilobytes(status["VmRSS"]), Kilobytes(status["RssAnon"]), 0, default, (int)Number(status["Threads"]), CountHandles(process));
    }

    /// <summary>
    /// The less of two looks, number by number: what is being compiled or shaken hands over at one moment only adds, and what leaked is in
    /// every look.
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
            // Closed meanwhile, as the one by which the folder itself was read.
            return "";
        }
    }

    private static long Number(string value) => long.Parse(value.AsSpan().Trim(), CultureInfo.InvariantCulture);

    private static long Kilobytes(string value) => Number(value[..^2]) * 1024;
}
