using System.Globalization;

namespace Berth.Soak;

/// <summary>What a process holds, right after a full collection.</summary>
/// <param name="Resident">Working set, bytes.</param>
/// <param name="Heap">Managed heap, bytes.</param>
/// <param name="Handles">Open file descriptors.</param>
internal readonly record struct Footprint(long Resident, long Heap, int Handles)
{
    public static Footprint OfThisProcess()
    {
        // Twice: what finalizers let go is collected by the second.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new Footprint(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), Directory.GetFileSystemEntries("/proc/self/fd").Length);
    }

    public static Footprint Parse(string text)
    {
        long[] numbers = [.. text.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
        return new Footprint(numbers[0], numbers[1], (int)numbers[2]);
    }

    public string ToString(IFormatProvider provider) => string.Create(provider, $"{Resident} {Heap} {Handles}");
}
