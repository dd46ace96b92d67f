using Berth.Logging;
using Berth.TestKit;
using Berth.Yarp.Resolving;
using Microsoft.Extensions.Primitives;

namespace Berth.Yarp;

/// <summary>The signal that tells the proxy of changes.</summary>
public sealed class ChangeSignalTests : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly TestClock _clock = new();
    private readonly RecordingLogger _log = new();
    private readonly ChangeSignal _signal;
    private int _told;

    public ChangeSignalTests()
    {
        _signal = new ChangeSignal(s_interval, _clock, _log);
        // As the proxy does: each time it is told, it takes the next token.
        ChangeToken.OnChange(() => _signal.Token, () => _told++);
    }

    public void Dispose() => _signal.Dispose();

    [Fact]
    public void The_first_change_is_told_at_once()
    {
        _signal.Change();
        Assert.Equal(1, _told);
    }

    [Fact]
    public void A_listener_and_a_logger_that_throw_end_no_later_report()
    {
        ThrowingLogger broken = new();
        using ChangeSignal signal = new(s_interval, _clock, broken.CreateSafeLogger("Berth"));
        int told = 0;
        ChangeToken.OnChange(() => signal.Token, () =>
        {
            told++;
            throw new InvalidOperationException("The proxy is broken.");
        });
        signal.Change();
        signal.Change();
        // This report is the timer's.
        _clock.Advance(s_interval);
        _clock.Advance(s_interval);
        signal.Change();
        Assert.Equal((3, 3), (told, broken.Calls));
    }

    [Fact]
    public void A_burst_is_told_twice()
    {
        for (int i = 0; i < 1000; i++)
            _signal.Change();
        Assert.Equal(1, _told);
        _clock.Advance(s_interval);
        Assert.Equal(2, _told);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _told);
    }

    [Fact]
    public void A_stream_of_changes_is_told_once_an_interval()
    {
        for (int i = 0; i < 1000; i++)
        {
            _signal.Change();
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(_told, 10, 11);
    }

    [Fact]
    public void Changes_far_apart_are_told_at_once()
    {
        for (int i = 0; i < 5; i++)
        {
            _signal.Change();
            Assert.Equal(i + 1, _told);
            _clock.Advance(s_interval);
        }
    }

    [Fact]
    public void A_token_taken_before_a_change_stays_changed()
    {
        IChangeToken token = _signal.Token;
        _signal.Change();
        Assert.True(token.HasChanged);
        Assert.False(_signal.Token.HasChanged);
        int late = 0;
        using IDisposable registration = token.RegisterChangeCallback(_ => late++, null);
        Assert.Equal(1, late);
    }

    [Fact]
    public void A_proxy_that_throws_is_logged_and_told_again()
    {
        using IDisposable registration = _signal.Token.RegisterChangeCallback(
            static _ => throw new InvalidOperationException("The proxy failed."), null);
        _signal.Change();
        Assert.Equal("A change of pods could not be reported to the proxy.", Assert.Single(_log.Texts));
        _clock.Advance(s_interval);
        _signal.Change();
        Assert.Equal(2, _told);
    }

    [Fact]
    public void A_clock_that_throws_leaves_no_report_pending()
    {
        BrokenClock clock = new(_clock);
        using ChangeSignal signal = new(s_interval, clock, _log);
        int told = 0;
        ChangeToken.OnChange(() => signal.Token, () => told++);
        signal.Change();
        clock.IsBroken = true;
        Assert.Throws<InvalidOperationException>(signal.Change);
        clock.IsBroken = false;
        signal.Change();
        _clock.Advance(s_interval);
        Assert.Equal(2, told);
    }

    [Fact]
    public void A_disposed_signal_is_silent_and_has_no_timer()
    {
        _signal.Change();
        _signal.Change();
        _signal.Dispose();
        _clock.Advance(s_interval);
        _signal.Change();
        Assert.Equal(1, _told);
        Assert.Equal(0, _clock.Timers);
    }

    /// <summary>A clock whose timers cannot be set while it is broken.</summary>
    private sealed class BrokenClock(TimeProvider clock) : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new BrokenTimer(clock.CreateTimer(callback, state, dueTime, period), this);
    }

    private sealed class BrokenTimer(ITimer timer, BrokenClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            clock.IsBroken ? throw new InvalidOperationException("The clock is broken.") : timer.Change(dueTime, period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
