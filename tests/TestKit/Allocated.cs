namespace Berth.TestKit;

/// <summary>
/// What code allocates, in bytes. The runtime allocates for itself on whatever thread happens to compile or load something, such as a table
/// of 800 literals and statics (6,424 bytes); it does so once, so the least of several rounds is what the code itself takes each time.
/// </summary>
public static class Allocated
{
    private const int Rounds = 5;

    /// <summary>The least that one run of several takes on this thread. Run what is measured before, so that it is compiled.</summary>
    /// <param name="run">What is measured. It is run five times.</param>
    public static long AtLeast(Action run)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
