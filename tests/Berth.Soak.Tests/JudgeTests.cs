using System.Diagnostics;
using Berth.LocalCluster;
using Berth.TestKit;

namespace Berth.Soak;

/// <summary>The soak's own judgement: a check that cannot fail proves nothing.</summary>
public sealed class JudgeTests
{
    private readonly Truth _truth = new(3000);
    private readonly Outages _outages = new();
    private readonly Judge _judge;

    public JudgeTests() => _judge = new Judge(_truth, _outages, new Clock());

    [Fact]
    public void Answer_with_an_existing_pod_is_right_with_an_unknown_wrong()
    {
        _truth.Observe([Pod(0, "a")], At(1));
        Assert.Equal(0, Wrong("127.0.0.1:3000", "a", 2));
        Assert.Equal(1, Wrong("127.0.0.1:3001", null, 2));
        Assert.Equal(2, Wrong("127.0.0.1:3000", "b", 2));
    }

    [Fact]
    public void A_pod_gone_for_a_second_is_right_and_for_longer_is_wrong()
    {
        _truth.Observe([Pod(0, "a"), Pod(1, "b")], At(1));
        _truth.Observe([Pod(0, "a")], At(10));
        Assert.Equal(0, Wrong("127.0.0.1:3001", null, 10.9));
        Assert.Equal(1, Wrong("127.0.0.1:3001", null, 11.1));
        Assert.Equal(At(1.1).TotalSeconds, _judge.LongestGone.TotalSeconds, 3);
        Assert.Contains("named 127.0.0.1:3001, gone for 1.100 s", Assert.Single(_judge.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stall_of_both_processes_counts_once()
    {
        Clock clock = new();
        long now = Stopwatch.GetTimestamp();
        foreach ((double from, double to) in new[] { (10.0, 11.0), (20, 21), (10.5, 12), (10.2, 10.4) })
            clock.AddStall(now + (long)(from * Stopwatch.Frequency), now + (long)(to * Stopwatch.Frequency));
        Assert.Equal(3, clock.StalledWithin(TimeSpan.Zero, At(100)).TotalSeconds, 3);
        Assert.Equal(2, clock.LongestStall.TotalSeconds, 3);
    }

    [Fact]
    public void An_unready_or_terminating_pod_is_gone_and_its_successor_another()
    {
        _truth.Observe([Pod(0, "a")], At(1));
        _truth.Observe([Pod(0, "a") with { Ready = false }], At(5));
        Assert.False(_truth.IsAtRest);
        Assert.Equal(1, Wrong("127.0.0.1:3000", "a", 7));
        _truth.Observe([Pod(0, "b")], At(8));
        Assert.True(_truth.IsAtRest);
        Assert.Equal(1, Wrong("127.0.0.1:3000", null, 9));
        Assert.Equal(2, Wrong("127.0.0.1:3000", "a", 9));
    }

    [Fact]
    public void Changes_during_an_outage_are_excused_and_earlier_ones_are_not()
    {
        _truth.Observe([Pod(0, "a"), Pod(1, "b"), Pod(2, "c")], At(1));
        _truth.Observe([Pod(0, "a"), Pod(1, "b")], At(5));
        _outages.Begin(At(10));
        _truth.Observe([Pod(0, "a")], At(11));
        Assert.Equal(0, Wrong("127.0.0.1:3001", "b", 14));
        Assert.Equal(1, _judge.Excused);
        Assert.Equal(1, Wrong("127.0.0.1:3002", "c", 14));
        _outages.End(At(10.1), At(15), At(16), TimeSpan.Zero);
        Assert.Equal(1, Wrong("127.0.0.1:3001", "b", 16.9));
        Assert.Equal(2, Wrong("127.0.0.1:3001", "b", 17.1));
        Assert.Equal(0, _outages.LateReturns);
    }

    [Fact]
    public void Empty_answer_is_right_only_without_ready_pods()
    {
        _truth.Observe([], At(1));
        Assert.Equal(0, Wrong("", null, 2));
        _truth.Observe([Pod(0, "a")], At(3));
        Assert.Equal(0, Wrong("", null, 3.9));
        Assert.Equal(1, Wrong("", null, 4.1));
        Assert.Contains("empty", Assert.Single(_judge.Faults), StringComparison.Ordinal);
        _truth.Observe([], At(8));
        Assert.Equal(1, Wrong("", null, 7.5));
        Assert.Equal(2, Wrong("", null, 6.5));
    }

    [Fact]
    public void A_return_later_than_twice_the_known_outage_and_a_second_is_counted()
    {
        _outages.Begin(At(10));
        _outages.End(At(10.2), At(12), At(16.5), TimeSpan.Zero);
        Assert.Equal(0, _outages.LateReturns);
        _outages.Begin(At(20));
        _outages.End(At(20.2), At(22), At(27.1), TimeSpan.Zero);
        Assert.Equal(1, _outages.LateReturns);
        Assert.Equal(0.2, _outages.LongestUntilStale.TotalSeconds, 3);
        Assert.Equal(5.1, _outages.LongestUntilLive.TotalSeconds, 3);
    }

    [Fact]
    public void Short_pause_excuses_answers_for_a_second_and_is_no_return()
    {
        _truth.Observe([Pod(0, "a"), Pod(1, "b")], At(1));
        _outages.Begin(At(10));
        _truth.Observe([Pod(0, "a")], At(11));
        Assert.Equal(0, Wrong("127.0.0.1:3001", "b", 14));
        _outages.End(null, At(15), At(15), TimeSpan.Zero, silent: true);
        Assert.Equal(0, Wrong("127.0.0.1:3001", "b", 15.9));
        Assert.Equal(1, Wrong("127.0.0.1:3001", "b", 16.1));
        Assert.Equal(0, _outages.Cuts + _outages.Silences);
    }

    [Fact]
    public void Silence_is_measured_apart_from_a_cut_and_by_the_known_outage()
    {
        _outages.Begin(At(10));
        _outages.End(At(50), At(52), At(57.1), TimeSpan.Zero, silent: true);
        Assert.Equal(40, _outages.LongestSilenceUntilStale.TotalSeconds, 3);
        Assert.Equal(TimeSpan.Zero, _outages.LongestUntilStale);
        Assert.Equal(1, _outages.Silences);
        Assert.Equal(1, _outages.LateReturns);
    }

    [Fact]
    public void Footprint_round_trips_as_text_and_counts_this_process()
    {
        Footprint footprint = Footprint.OfThisProcess();
        Assert.Equal(footprint, Footprint.Parse(footprint.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.InRange(footprint.Private, footprint.Heap / 2, footprint.Resident);
        Assert.InRange(footprint.Threads, 2, 1000);
        using TestFile file = new();
        FileStream[] open =
            [.. Enumerable.Range(0, 50)
                .Select(_ => new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))];
        try
        {
            Assert.InRange(Footprint.OfThisProcess().Handles, footprint.Handles + 25, footprint.Handles + 75);
        }
        finally
        {
            foreach (FileStream stream in open)
                stream.Dispose();
        }
    }

    [Fact]
    public void A_trend_is_of_thirds_by_their_medians()
    {
        Footprint[] samples = [.. new[] { 1, 90, 2, 5, 5, 5, 7, 0, 8 }.Select(handles => new Footprint(0, 0, 0, default, 0, handles))];
        Assert.Equal((2, 7), new Trend(samples).Of(footprint => footprint.Handles));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static PodSummary Pod(int ordinal, string uid) => new(
        "k8s-example2", $"service-b-{ordinal}", uid, "node-0", "127.0.0.1", "Running", "Running", Ready: true, Terminating: false, 0, null,
        new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Returns the number of wrong answers so far, including this one.</summary>
    private long Wrong(string authority, string? uid, double at)
    {
        _judge.Take(new Named(authority, uid, At(at), At(at)));
        _judge.Work(all: true);
        return _judge.Wrong;
    }
}
