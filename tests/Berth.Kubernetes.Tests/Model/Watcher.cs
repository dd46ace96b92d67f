using System.Globalization;

namespace Berth.Kubernetes.Model;

/// <summary>
/// Reads a stream as a directory does, and holds every snapshot against the truth the moment it is published: it must be, whole, what the
/// cluster was at the version it names, except that a pod some event has just left out may be shown as before for the documented time.
/// </summary>
internal sealed class Watcher(IEndpointStream stream, Cluster cluster, Habits habits, TimeProvider time, Action<string> note)
{
    private readonly Dictionary<string, DateTimeOffset> _leftOutAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _shownBefore = new(StringComparer.Ordinal);
    private Task<EndpointSnapshot>? _pending;
    private EndpointSnapshot? _last;
    private DateTimeOffset _backingOffUntil;
    private int _failures;

    /// <summary>While true it does not read: a consumer that is busy.</summary>
    public bool IsBusy { get; set; }

    /// <summary>What it shows, or null before the first list.</summary>
    public Dictionary<string, string>? Shown { get; private set; }

    /// <summary>The version it shows.</summary>
    public long Version { get; private set; }

    /// <summary>True after the store was set back, until the version has gone back with it: what it shows then is of a truth that is no more.</summary>
    public bool AwaitsRestore { get; set; }

    public bool IsBackingOff => time.GetUtcNow() < _backingOffUntil;

    /// <summary>Reads all there is.</summary>
    public async Task SettleAsync()
    {
        while (!IsBackingOff)
        {
            if (_pending is null && IsBusy)
                return;
            _pending ??= stream.ReadAsync(CancellationToken.None).AsTask();
            if (!_pending.IsCompleted)
                return;
            Task<EndpointSnapshot> read = _pending;
            _pending = null;
            try
            {
                Take(await read);
                _failures = 0;
            }
            catch (EndpointSourceException failure)
            {
                BackOff(failure);
            }
        }
    }

    /// <summary>What of it differs from the truth as it is now; null when nothing does.</summary>
    public string? Difference()
    {
        if (Shown is null)
            return "nothing has been published";
        return Difference(ExpectedPods.Of(cluster.Slices.Values, static (_, stated) => stated), static (_, _) => false);
    }

    private void BackOff(EndpointSourceException failure)
    {
        if (!failure.Message.EndsWith('.'))
            throw new HistoryException($"A failure is no sentence: {failure.Message}");
        TimeSpan delay = TimeSpan.FromMilliseconds(Math.Min(200 * Math.Pow(2, Math.Min(_failures++, 10)), 30_000));
        _backingOffUntil = time.GetUtcNow() + (failure.RetryAfter is { } asked && asked > delay ? asked : delay);
        note($"failure: {failure.Message}");
    }

    private void Take(EndpointSnapshot snapshot)
    {
        // The same snapshot once more says that it still holds. Its version is that of its content, which may be older.
        if (ReferenceEquals(snapshot, _last))
            return;
        _last = snapshot;
        long version = long.Parse(snapshot.SourceVersion!, CultureInfo.InvariantCulture);
        Dictionary<string, string> next = ExpectedPods.Of(snapshot);
        note($"published {version}: {string.Join("; ", next.Select(static p => $"{p.Key} {p.Value}"))}");
        if (AwaitsRestore && version > cluster.Version)
        {
            Shown = next;
            return;
        }

        if (AwaitsRestore)
            Restored();
        if (version < Version)
            throw new HistoryException($"The version went back from {Version} to {version}, and nothing was restored.");
        Check(next, version);
        Version = version;
    }

    /// <summary>What was before the store was set back does not matter any more.</summary>
    public void Restored()
    {
        AwaitsRestore = false;
        Version = 0;
        _leftOutAt.Clear();
    }

    private void Check(Dictionary<string, string> next, long version)
    {
        NoteLeftOut(version);
        Dictionary<string, string>? before = Shown;
        Shown = next;
        string? first = null;
        foreach (long candidate in Candidates(version))
        {
            string? difference = Difference(ExpectedPods.Of(cluster.At(candidate).Values, static (_, stated) => stated), (name, text) => IsHeld(name, text, before));
            if (difference is null)
            {
                Remember();
                return;
            }

            first ??= difference;
        }

        throw new HistoryException($"The snapshot of version {version} is not what the cluster was then: {first}");
    }

    /// <summary>The version itself; and those after it of which only a deletion with an older body told.</summary>
    private IEnumerable<long> Candidates(long version)
    {
        yield return version;
        foreach (ClusterChange change in cluster.Between(version, cluster.Version))
        {
            if (!change.IsOurs)
                continue;
            bool stale = habits.IsNoisy && change.Version % 2 == 0 && change.After?.IsOurs != true;
            if (!stale)
                yield break;
            yield return change.Version;
        }
    }

    /// <summary>Which pods some event since the last snapshot left out of a slice, and what was right for them meanwhile.</summary>
    private void NoteLeftOut(long version)
    {
        foreach (ClusterChange change in cluster.Between(Version, Math.Max(version, Version)))
        {
            foreach ((string name, string[] texts) in ExpectedPods.Of(cluster.At(change.Version).Values, static (_, stated) => stated))
                ShownBefore(name).UnionWith(texts);
            HashSet<string> left = [.. (change.After?.Endpoints ?? []).Select(static e => $"{e.Id}")];
            foreach (ClusterEndpoint e in change.Before?.Endpoints ?? [])
            {
                if (e.Name is not null && !left.Contains($"{e.Id}"))
                    _leftOutAt[e.Name] = time.GetUtcNow();
            }
        }
    }

    private bool IsHeld(string name, string? text, Dictionary<string, string>? before)
    {
        if (!_leftOutAt.TryGetValue(name, out DateTimeOffset since) || time.GetUtcNow() - since >= Slices.PodHolds.Duration)
            return false;
        return text is not null && (before?.GetValueOrDefault(name) == text || ShownBefore(name).Contains(text));
    }

    private void Remember()
    {
        foreach ((string name, DateTimeOffset since) in _leftOutAt.ToArray())
        {
            if (time.GetUtcNow() - since >= Slices.PodHolds.Duration)
                _leftOutAt.Remove(name);
        }

        foreach (string name in _shownBefore.Keys.Except(_leftOutAt.Keys).ToArray())
            _shownBefore.Remove(name);
    }

    private HashSet<string> ShownBefore(string name)
    {
        if (!_shownBefore.TryGetValue(name, out HashSet<string>? texts))
            _shownBefore.Add(name, texts = new HashSet<string>(StringComparer.Ordinal));
        return texts;
    }

    private string? Difference(Dictionary<string, string[]> expected, Func<string, string?, bool> excused)
    {
        foreach (string name in expected.Keys.Union(Shown!.Keys).Order(StringComparer.Ordinal))
        {
            string? shown = Shown.GetValueOrDefault(name);
            string[]? right = expected.GetValueOrDefault(name);
            bool agrees = shown is null ? right is null : right?.Contains(shown) == true;
            if (!agrees && !excused(name, shown))
                return $"{name} is shown as '{shown ?? "absent"}', and is '{(right is null ? "absent" : string.Join("' or '", right))}'";
        }

        return null;
    }
}
