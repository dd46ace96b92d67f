using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>The newest lines of one run of a container, in memory, so that nothing is left on disk.</summary>
internal sealed class ContainerLog(TimeProvider time, int capacity = 10_000)
{
    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly Signal _changed = new();
    private long _next;
    private bool _complete;

    public void Append(string text)
    {
        lock (_gate)
        {
            _lines.Enqueue(new LogLine(_next++, time.GetUtcNow(), text));
            if (_lines.Count > capacity)
                _lines.Dequeue();
            _changed.Raise();
        }
    }

    /// <summary>Ends the log, so that its readers complete.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _complete = true;
            _changed.Raise();
        }
    }

    /// <summary>
    /// Returns the lines from a number on, and a task that completes when there are more. The task is null when no line will follow.
    /// </summary>
    public (IReadOnlyList<LogLine> Lines, Task? More) Read(long from)
    {
        lock (_gate)
            return ([.. _lines.Where(line => line.Number >= from)], _complete ? null : _changed.Next);
    }
}
