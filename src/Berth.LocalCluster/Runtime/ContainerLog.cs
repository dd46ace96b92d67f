namespace Berth.LocalCluster.Runtime;

/// <summary>The newest lines of one run of a container, in memory, so that nothing is left on disk.</summary>
internal sealed class ContainerLog(TimeProvider time, int capacity = 10_000)
{
    private readonly Lock gate = new();
    private readonly Queue<LogLine> lines = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long next;
    private bool complete;

    public void Append(string text)
    {
        lock (gate)
        {
            lines.Enqueue(new LogLine(next++, time.GetUtcNow(), text));
            if (lines.Count > capacity)
                lines.Dequeue();
            Signal();
        }
    }

    /// <summary>No line will follow: those who follow the log may go.</summary>
    public void Complete()
    {
        lock (gate)
        {
            complete = true;
            Signal();
        }
    }

    /// <summary>The lines from a number on, and a task that completes when there are more; null when there never will be.</summary>
    public (IReadOnlyList<LogLine> Lines, Task? More) Read(long from)
    {
        lock (gate)
            return ([.. lines.Where(line => line.Number >= from)], complete ? null : changed.Task);
    }

    private void Signal()
    {
        TaskCompletionSource signal = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        signal.SetResult();
    }
}
