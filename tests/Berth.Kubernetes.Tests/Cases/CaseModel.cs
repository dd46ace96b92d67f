using System.Net.Sockets;

namespace Berth.Kubernetes.Cases;

/// <summary>
/// The promise of decision 0028, computed only from what the API told: for each process of a pod, whether the slices of a family state
/// it, and if they do not, until when it is still shown.
/// </summary>
internal sealed class CaseModel(CaseRules rules, TimeProvider time)
{
    private readonly Dictionary<string, CaseSlice> _slices = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Uid, bool IPv6), Held> _held = [];
    private DateTimeOffset? _agreedAt;
    private DateTimeOffset? _lostAt;
    private bool _differ;

    /// <summary>The slices as they were told.</summary>
    public IReadOnlyDictionary<string, CaseSlice> Slices => _slices;

    /// <summary>True once there was a list.</summary>
    public bool IsListed { get; private set; }

    /// <summary>True from a failure until the API says something again.</summary>
    public bool IsLost => _lostAt is not null;

    /// <summary>The next moment at which a promise ends, or null.</summary>
    public DateTimeOffset? NextEnd => IsLost ? null : _held.Values.Select(EndOf).Where(end => end > time.GetUtcNow())
        .Select(static end => (DateTimeOffset?)end).Min();

    /// <summary>A slice is now so, or gone.</summary>
    public void Heard(string name, CaseSlice? after)
    {
        Forget();
        CaseSlice[] before = [.. _slices.Values];
        CaseSlice? changed = _slices.GetValueOrDefault(name);
        Put(name, after);
        if (changed is not null)
            Hold(before, changed, after);
        End();
        Compare();
    }

    /// <summary>These are all slices. A list ends every hold, but not in the middle of a deal.</summary>
    public void Listed(IEnumerable<CaseSlice> all)
    {
        CaseSlice[] now = [.. all];
        CaseSlice[] before = [.. _slices.Values];
        Found();
        Forget();
        foreach (CaseSlice gone in before.Where(b => !Array.Exists(now, n => n.Name == b.Name)))
            Put(gone.Name, null);
        foreach (CaseSlice slice in now)
            Put(slice.Name, slice);
        foreach (CaseSlice was in before)
            Hold(before, was, _slices.GetValueOrDefault(was.Name), isList: true);
        End();
        Compare();
        if (!_differ)
            _held.Clear();
        IsListed = true;
    }

    /// <summary>The watch broke: what was said last counts, and no hold ends, until the API speaks again.</summary>
    public void Lost()
    {
        if (rules.SilenceStopsHolds)
            _lostAt ??= time.GetUtcNow();
    }

    /// <summary>It speaks again: the time in which it did not is no part of any hold.</summary>
    public void Watched() => Found();

    /// <summary>The pods that have to be shown, and how.</summary>
    public IEnumerable<CasePromise> Promises()
    {
        foreach (IGrouping<string, (CaseSlice Slice, CaseEndpoint Endpoint)> pod in _slices.Values
            .SelectMany(static s => s.Endpoints.Select(e => (Slice: s, Endpoint: e)))
            .Concat(_held.Values.Where(IsHeld).Select(static h => (h.Slice, h.Endpoint)))
            .GroupBy(static x => x.Endpoint.Name, StringComparer.Ordinal))
        {
            // The newest state of each process counts, in the slices of the highest rank that state it.
            (CaseSlice Slice, CaseEndpoint Endpoint)[] processes = [.. pod.GroupBy(static x => x.Endpoint.Uid, StringComparer.Ordinal)
                .Select(g => g.OrderBy(x => OrderOf(x.Slice)).ThenByDescending(static x => x.Slice.Version).First())];
            (CaseManager Manager, bool Terminating, bool NotReady) best = processes.Min(RankOf);
            (CaseSlice Slice, CaseEndpoint Endpoint)[] right = [.. processes.Where(p => RankOf(p) == best)];
            // One that is held and one that is stated, both not terminating: which of the two is shown is not promised.
            CaseEndpoint[] also = [.. processes.Where(p => OrderOf(p.Slice) == best.Manager && !p.Endpoint.Terminating)
                .Select(static p => p.Endpoint)];
            bool isHeld = _held.Keys.Any(held => processes.Any(p => p.Endpoint.Uid == held.Uid));
            yield return new CasePromise(pod.Key, [.. right.Select(static p => p.Endpoint), .. isHeld ? also : []]);
        }
    }

    /// <summary>The family in which a pod is shown without an address that it has, or with one that it has not; null without one.</summary>
    public string? FindWrongFamily(PodEndpoint pod)
    {
        bool isHeld = _held.Values.Any(h => h.Endpoint.Name == pod.Name && IsHeld(h));
        bool IsStated(bool ipv6) => _slices.Values.Any(s => s.IPv6 == ipv6 && s.Endpoints.Any(e => e.Uid == pod.Uid));
        foreach (bool ipv6 in (bool[])[false, true])
        {
            bool isShown = pod.Addresses.Any(a => a.AddressFamily == (ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork));
            bool isHeldHere = _held.TryGetValue((pod.Uid!, ipv6), out Held? held) && IsHeld(held);
            // One that is held is shown as before, and both families may have been missing before.
            if (isShown ? !IsStated(ipv6) && !isHeld : isHeldHere ? IsStated(!ipv6) : IsStated(ipv6) && !isHeld)
                return ipv6 ? "IPv6" : "IPv4";
        }

        return null;
    }

    private CaseManager OrderOf(CaseSlice slice) => rules.OwnSlicesCountFirst ? slice.Manager : default;

    private (CaseManager, bool, bool) RankOf((CaseSlice Slice, CaseEndpoint Endpoint) process) =>
        (OrderOf(process.Slice), process.Endpoint.Terminating, !(process.Endpoint.Ready && process.Endpoint.Serving));

    private void Put(string name, CaseSlice? after)
    {
        if (after is null)
            _slices.Remove(name);
        else
            _slices[name] = after;
    }

    /// <summary>Notes what a slice no longer states.</summary>
    private void Hold(CaseSlice[] all, CaseSlice before, CaseSlice? after, bool isList = false)
    {
        TimeSpan duration = isList ? rules.Move : after is null ? rules.Deleted
            : _slices.Values.Any(s => s.Name != before.Name && s.IPv6 == before.IPv6) ? rules.Move
            : TimeSpan.Zero;
        foreach (CaseEndpoint left in before.Endpoints)
        {
            CaseEndpoint known = Newest(all, left.Uid)!;
            // One that lost against another is not shown, so that there is nothing to hold.
            bool isLess = _held.Values.Any(
                h => h.Endpoint.Name == left.Name && h.Endpoint.Uid != left.Uid && OrderOf(h.Slice) < OrderOf(before));
            if (isLess || left.Terminating || duration == TimeSpan.Zero || _held.ContainsKey((left.Uid, before.IPv6)))
                continue;
            TimeSpan longest = rules.Move + (rules.ForEachSlice * _slices.Count);
            _held[(left.Uid, before.IPv6)] = new Held(before, known, time.GetUtcNow(), duration, longest);
        }
    }

    /// <summary>Ends the holds of what slices state again or otherwise, and of what another process has taken the place of.</summary>
    private void End()
    {
        foreach (((string Uid, bool) key, Held held) in _held.ToArray())
        {
            bool isNews = Newest(_slices.Values, key.Uid) is { } newest && newest.State != held.Endpoint.State;
            if (isNews || _slices.Values.Any(s => s.Endpoints.Any(e => Fills(held, s, e))))
                _held.Remove(key);
        }
    }

    /// <summary>The newest that slices of the highest rank state of a process, or null.</summary>
    private CaseEndpoint? Newest(IEnumerable<CaseSlice> slices, string uid) => slices
        .OrderBy(OrderOf).ThenByDescending(static s => s.Version)
        .SelectMany(static s => s.Endpoints).FirstOrDefault(e => e.Uid == uid);

    /// <summary>True for the same process in the same family, and for another that takes its place.</summary>
    private bool Fills(Held held, CaseSlice slice, CaseEndpoint there)
    {
        if (held.Endpoint.Uid == there.Uid)
            return held.Slice.IPv6 == slice.IPv6;
        return held.Endpoint.Name == there.Name
            && (OrderOf(slice) < OrderOf(held.Slice) || (OrderOf(slice) == OrderOf(held.Slice) && !there.Terminating));
    }

    /// <summary>Looks whether the slices that are dealt out have different ports.</summary>
    private void Compare()
    {
        bool differ = _slices.Values.Where(static s => s.IsDealt && !s.Endpoints.IsEmpty).Select(static s => s.Port).Distinct().Count() > 1;
        if (_differ && !differ)
            _agreedAt = time.GetUtcNow();
        _differ = differ;
    }

    private bool IsHeld(Held held) => IsLost || EndOf(held) > time.GetUtcNow();

    private DateTimeOffset EndOf(Held held)
    {
        DateTimeOffset usual = held.Since + held.Duration;
        DateTimeOffset longest = held.Since + held.Longest;
        if (_differ)
            return usual > longest ? usual : longest;
        if (_agreedAt is not { } agreed || agreed < held.Since)
            return usual;
        DateTimeOffset dealt = agreed + rules.Move < longest ? agreed + rules.Move : longest;
        return usual > dealt ? usual : dealt;
    }

    /// <summary>A hold that is over does not come back, whatever is said then.</summary>
    private void Forget()
    {
        foreach (((string, bool) key, Held held) in _held.ToArray())
        {
            if (!IsHeld(held))
                _held.Remove(key);
        }
    }

    private void Found()
    {
        if (_lostAt is not { } lost)
            return;
        TimeSpan silence = time.GetUtcNow() - lost;
        foreach (((string, bool) key, Held held) in _held.ToArray())
            _held[key] = held with { Since = held.Since + silence };
        if (_agreedAt is { } agreed)
            _agreedAt = agreed + silence;
        _lostAt = null;
    }

    private sealed record Held(CaseSlice Slice, CaseEndpoint Endpoint, DateTimeOffset Since, TimeSpan Duration, TimeSpan Longest);
}

/// <summary>A pod that has to be shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Right">The processes and conditions that are right.</param>
internal sealed record CasePromise(string Name, CaseEndpoint[] Right);
