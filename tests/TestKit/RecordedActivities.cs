using System.Collections.Concurrent;
using System.Diagnostics;

namespace Berth.TestKit;

/// <summary>Listens to one source of activities. Tests of one process share the source, so each test selects its own activities.</summary>
public sealed class RecordedActivities : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts to listen.</summary>
    /// <param name="source">The name of the source.</param>
    public RecordedActivities(string source)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = found => found.Name == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Waits for an activity that has ended.</summary>
    /// <exception cref="TimeoutException">It never came.</exception>
    public async Task<Activity> WaitForAsync(string what, Func<Activity, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrived = Volatile.Read(ref _arrived).Task;
            if (_stopped.FirstOrDefault(condition) is { } found)
                return found;
            try
            {
                await arrived.WaitAsync(Wait.Limit, cancellationToken);
            }
            catch (TimeoutException exception)
            {
                throw new TimeoutException($"The activity never came: {what}.", exception);
            }
        }
    }

    /// <summary>The activities that have ended.</summary>
    public IReadOnlyList<Activity> All => [.. _stopped];

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Add(Activity activity)
    {
        _stopped.Enqueue(activity);
        Interlocked.Exchange(ref _arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
