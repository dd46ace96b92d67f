namespace Berth.TestKit;

/// <summary>
/// The bytes that code allocates. The runtime itself also allocates on the thread that compiles or loads something, such as a table of 800
/// literals and statics (6,424 bytes). It does so once, so the smallest of several rounds is what the code itself allocates each time.
/// </summary>
public static class Allocated
{
    private const int Rounds = 5;

    /// <summary>
    /// Returns the smallest number of bytes of several runs on this thread. Run the code once before, so that it is compiled.
    /// </summary>
    /// <param name="run">The measured code. It runs five times.</param>
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
