using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dns.Tests.Discovery;

/// <summary>A fake clock that tells what was waited for, so that a wait is seen the moment it begins.</summary>
internal sealed class RecordingTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero))
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        Interlocked.Exchange(ref _begun, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return timer;
    }

    /// <summary>Waits until a wait of that length has begun, since the start.</summary>
    public async Task UntilWaitedForAsync(TimeSpan atLeast, TimeSpan atMost, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task begun = Volatile.Read(ref _begun).Task;
            if (_waits.Any(w => w >= atLeast && w <= atMost))
                return;
            await begun.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }
    }
}
