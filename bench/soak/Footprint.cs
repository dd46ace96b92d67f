using System.Globalization;

namespace Berth.Soak;

/// <summary>What a process holds, right after a full collection.</summary>
/// <param name="Resident">Working set, bytes: with the pages of program files, which grow in number as code is first used.</param>
/// <param name="Private">Of that, what no file backs, bytes: heaps, stacks and buffers. Where something leaks, it leaks here.</param>
/// <param name="Heap">Managed heap, bytes.</param>
/// <param name="Handles">Open file descriptors but those of assemblies, each of which stays open once it is loaded.</param>
internal readonly record struct Footprint(long Resident, long Private, long Heap, int Handles)
{
    public static Footprint OfThisProcess()
    {
        // Twice: what finalizers let go is collected by the second.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        long kilobytes = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new Footprint(Environment.WorkingSet, kilobytes * 1024, GC.GetTotalMemory(forceFullCollection: false), CountHandles());
    }

    private static int CountHandles() => Directory.GetFileSystemEntries("/proc/self/fd").Count(IsOfInterest);

    private static bool IsOfInterest(string entry)
    {
        try
        {
            return File.ResolveLinkTarget(entry, returnFinalTarget: false)?.Extension is not (".dll" or ".pdb");
        }
        catch (IOException)
        {
            // Closed meanwhile, as the one by which the folder itself was read.
            return false;
        }
    }

    public static Footprint Parse(string text)
    {
        long[] numbers = [.. text.Split(' ').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
        return new Footprint(numbers[0], numbers[1], numbers[2], (int)numbers[3]);
    }

    public string ToString(IFormatProvider provider) => string.Create(provider, $"{Resident} {Private} {Heap} {Handles}");
}
