using System.Collections.Concurrent;

namespace Berth.Soak;

/// <summary>One target that an answer of A named.</summary>
internal readonly record struct Named(string Authority, string? Uid, TimeSpan Asked, TimeSpan Answered);

/// <summary>
/// Compares A's answers with the truth, a moment after they arrive, because the cluster's own view reaches us no sooner than A.
/// </summary>
internal sealed class Judge(Truth truth, Outages outages, Clock clock)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
    private const int KeptFaults = 10;

    private readonly ConcurrentQueue<Named> _waiting = new();
    private readonly ConcurrentQueue<string> _faults = new();

    public long Judged { get; private set; }

    public long Wrong { get; private set; }

    /// <summary>The longest time for which a named pod had been gone, except during outages.</summary>
    public TimeSpan LongestGone { get; private set; }

    /// <summary>The number of answers during an outage that named a pod gone for longer than the limit. A could not know it.</summary>
    public long Excused { get; private set; }

    /// <summary>The first few errors, as sentences.</summary>
    public IEnumerable<string> Faults => _faults;

    public void Take(Named named) => _waiting.Enqueue(named);

    public void Fault(string what)
    {
        if (_faults.Count < KeptFaults)
            _faults.Enqueue($"at {clock.Now.TotalSeconds:0.000} s: {what}");
    }

    /// <summary>Judges the answers that are old enough, or all at the end.</summary>
    public void Work(bool all = false)
    {
        while (_waiting.TryPeek(out Named named) && (all || named.Answered + Delay < clock.Now) && _waiting.TryDequeue(out named))
        {
            Judged++;
            TimeSpan stalled = clock.StalledWithin(named.Asked - Limit, named.Answered);
            if (named.Authority.Length == 0)
            {
                JudgeEmpty(named, Limit + stalled);
                continue;
            }

            TimeSpan? gone = truth.GoneFor(named.Authority, named.Uid, named.Asked, named.Answered);
            TimeSpan known = outages.KnownSince(named.Asked, Limit + stalled);
            if (gone is null)
            {
                Accuse(named, "which never was there");
            }
            else if (known < named.Asked)
            {
                Excused += gone > Limit ? 1 : 0;
                TimeSpan before = gone.Value - (named.Asked - known);
                if (before > Limit + stalled)
                    Accuse(named, $"gone {before.TotalSeconds:0.000} s before the API was cut");
            }
            else
            {
                LongestGone = gone - stalled > LongestGone ? gone.Value - stalled : LongestGone;
                if (gone > Limit + stalled)
                    Accuse(named, $"gone for {gone.Value.TotalSeconds:0.000} s");
            }
        }
    }

    /// <summary>An empty answer is right only when, as far as A could know, there was no pod.</summary>
    private void JudgeEmpty(Named named, TimeSpan slack)
    {
        if (truth.WasEmptyWithin(outages.KnownSince(named.Asked, slack) - slack, named.Answered + Limit))
            return;
        Wrong++;
        Fault($"an answer of {named.Answered.TotalSeconds:0.000} s was empty, and there were pods throughout");
    }

    private void Accuse(Named named, string why)
    {
        Wrong++;
        string uid = named.Uid is null ? "" : $" ({named.Uid})";
        Fault($"an answer of {named.Answered.TotalSeconds:0.000} s named {named.Authority}{uid}, {why}");
    }
}
