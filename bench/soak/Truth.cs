using System.Globalization;
using Berth.LocalCluster;

namespace Berth.Soak;

/// <summary>A pod that clients could be sent to.</summary>
internal sealed record Target(string Pod, string Uid, string Authority);

/// <summary>The true state of the cluster over time: for each pod the periods in which it was ready and not terminating.</summary>
/// <remarks>It computes ports by itself, so that it also finds a defect in our port computation.</remarks>
internal sealed class Truth(int basePort)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly List<(Target Target, TimeSpan From, TimeSpan To)> _past = [];
    private readonly Dictionary<Target, TimeSpan> _present = [];
    private readonly List<(TimeSpan From, TimeSpan To)> _empty = [];
    private TimeSpan? _emptySince = TimeSpan.Zero;

    /// <summary>The time of the last change.</summary>
    public TimeSpan ChangedAt { get; private set; }

    /// <summary>True when no pod is starting or ending.</summary>
    public bool IsAtRest { get; private set; }

    public IReadOnlyList<Target> Available
    {
        get
        {
            lock (_gate)
                return [.. _present.Keys.OrderBy(target => target.Pod, StringComparer.Ordinal)];
        }
    }

    public void Observe(IReadOnlyList<PodSummary> pods, TimeSpan now)
    {
        HashSet<Target> available = [.. pods.Where(pod => pod.Ready && !pod.Terminating && pod.PodIP is not null).Select(Describe)];
        lock (_gate)
        {
            foreach (Target gone in _present.Keys.Where(target => !available.Contains(target)).ToList())
            {
                _past.Add((gone, _present[gone], now));
                _present.Remove(gone);
            }

            foreach (Target target in available)
                _present.TryAdd(target, now);
            _past.RemoveAll(span => span.To < now - Memory);
            ObserveEmptiness(now);
            IsAtRest = available.Count == pods.Count;
            ChangedAt = now;
        }
    }

    /// <summary>True when at some moment of a period there was no pod for a client.</summary>
    public bool WasEmptyWithin(TimeSpan from, TimeSpan to)
    {
        lock (_gate)
            return _emptySince <= to || _empty.Exists(spell => spell.From <= to && spell.To >= from);
    }

    /// <summary>Returns for how long a target had been gone at a moment: zero when it was there, null when it never was.</summary>
    /// <param name="authority">Its address.</param>
    /// <param name="uid">The pod's UID, or null where any pod of that address will do.</param>
    /// <param name="asked">The time of the request.</param>
    /// <param name="answered">
    /// The time of the answer. Pods that appeared until a moment later count, because we see them no sooner than A.
    /// </param>
    public TimeSpan? GoneFor(string authority, string? uid, TimeSpan asked, TimeSpan answered)
    {
        bool Is(Target target) => target.Authority == authority && (uid is null || target.Uid == uid);
        TimeSpan latest = answered + TimeSpan.FromSeconds(1);
        lock (_gate)
        {
            TimeSpan? least = null;
            foreach ((Target target, TimeSpan from) in _present)
            {
                if (Is(target) && from <= latest)
                    return TimeSpan.Zero;
            }

            foreach ((Target target, TimeSpan from, TimeSpan to) in _past)
            {
                if (!Is(target) || from > latest)
                    continue;
                TimeSpan gone = asked > to ? asked - to : TimeSpan.Zero;
                least = least is null || gone < least ? gone : least;
            }

            return least;
        }
    }

    private void ObserveEmptiness(TimeSpan now)
    {
        if (_present.Count == 0)
        {
            _emptySince ??= now;
        }
        else if (_emptySince is { } since)
        {
            _empty.Add((since, now));
            _emptySince = null;
        }

        _empty.RemoveAll(spell => spell.To < now - Memory);
    }

    private Target Describe(PodSummary pod)
    {
        int ordinal = int.Parse(pod.Name.AsSpan(pod.Name.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return new Target(pod.Name, pod.Uid, string.Create(CultureInfo.InvariantCulture, $"{pod.PodIP}:{basePort + ordinal}"));
    }
}
