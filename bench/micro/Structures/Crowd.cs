namespace Berth.Bench.Micro.Structures;

/// <summary>Runs the same work on several threads at once.</summary>
internal static class Crowd
{
    /// <summary>Returns the sum of what the threads return.</summary>
    public static long Run(int threads, Func<long> work)
    {
        if (threads == 1)
            return work();
        long sum = 0;
        using Barrier start = new(threads);
        Thread[] all = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            Interlocked.Add(ref sum, work());
        }))];
        foreach (Thread thread in all)
            thread.Start();
        foreach (Thread thread in all)
            thread.Join();
        return sum;
    }
}
