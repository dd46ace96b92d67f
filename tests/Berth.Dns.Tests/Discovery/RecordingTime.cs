using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dns.Tests.Discovery;

/// <summary>A fake clock that tells what was waited for, so that a wait is seen the moment it begins.</summary>
internal sealed class RecordingTime() : FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero))
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
