namespace Berth.Soak;

/// <summary>
/// The outages of the API, each from the cut until A is live again. A's answers in that time are as old as the cut, and say so.
/// </summary>
internal sealed class Outages
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _spans = [];

    /// <summary>Outages that A had to notice, because nothing listened.</summary>
    public int Cuts { get; private set; }

    /// <summary>Silences that lasted until A noticed.</summary>
    public int Silences { get; private set; }

    public TimeSpan Longest { get; private set; }

    /// <summary>The longest time from a cut until A said that it was stale.</summary>
    public TimeSpan LongestUntilStale { get; private set; }

    /// <summary>The same for silences, which A notices only by pings without an answer.</summary>
    public TimeSpan LongestSilenceUntilStale { get; private set; }

    /// <summary>The longest time from the API's return until A was live again.</summary>
    public TimeSpan LongestUntilLive { get; private set; }

    /// <summary>
    /// The number of times that A took longer to come back than twice the time that it had known of the outage, and a second. Its delays
    /// double and are jittered between half and whole. They start with 200 ms, so the delay that runs when the API returns is at most twice
    /// the sum of those before it, and 200 ms. The rest of the second is for the handshake, the request and the reading.
    /// </summary>
    public int LateReturns { get; private set; }

    public void Begin(TimeSpan at)
    {
        lock (_gate)
            _spans.Add((at, TimeSpan.MaxValue));
    }

    /// <summary>Ends an outage: the API is back, and A knows it.</summary>
    /// <param name="stale">
    /// The time when A said that it was stale, or null when it never noticed, because the silence was shorter than A's ping.
    /// </param>
    /// <param name="back">The time when the API was back.</param>
    /// <param name="live">The time when A was live again; the same as <paramref name="back"/> when it always was.</param>
    /// <param name="stalled">The part of the time since the API's return in which the machine did not run this process.</param>
    /// <param name="silent">True when the API was silent, and not stopped.</param>
    public void End(TimeSpan? stale, TimeSpan back, TimeSpan live, TimeSpan stalled, bool silent = false)
    {
        lock (_gate)
        {
            TimeSpan from = _spans[^1].From;
            _spans[^1] = (from, live);
            _spans.RemoveAll(span => span.To < live - TimeSpan.FromMinutes(2));
            Longest = Max(Longest, back - from);
            if (stale is not { } noticed)
                return;
            Cuts += silent ? 0 : 1;
            Silences += silent ? 1 : 0;
            if (silent)
                LongestSilenceUntilStale = Max(LongestSilenceUntilStale, noticed - from);
            else
                LongestUntilStale = Max(LongestUntilStale, noticed - from);
            LongestUntilLive = Max(LongestUntilLive, live - back);
            LateReturns += live - back - stalled > (2 * (back - noticed)) + TimeSpan.FromSeconds(1) ? 1 : 0;
        }
    }

    /// <summary>
    /// Returns how old A's answer may be at a moment: the beginning of the current outage, or of one that has just ended.
    /// </summary>
    public TimeSpan KnownSince(TimeSpan moment, TimeSpan slack)
    {
        lock (_gate)
        {
            TimeSpan since = moment;
            foreach ((TimeSpan from, TimeSpan to) in Enumerable.Reverse(_spans))
            {
                // A start of the outage in the second after the return is still excused, because that second has only just started.
                if (from <= since && (to == TimeSpan.MaxValue || to + slack >= since))
                    since = from;
            }

            return since;
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
