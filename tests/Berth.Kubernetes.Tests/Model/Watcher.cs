using System.Globalization;
using Berth.Kubernetes.Assembly;

namespace Berth.Kubernetes.Model;

/// <summary>
/// Gets the result of each read of a stream before the directory, and compares every snapshot with the truth when it is published: it must
/// be the complete state of the cluster at its version, except that a pod that an event has just left out may be shown as before for the
/// documented time.
/// </summary>
/// <remarks>
/// A client that reads nodes uses its own threads, so the history's clock may move between its work and the check. The content of each of
/// its snapshots is checked as strictly, but not its time.
/// </remarks>
internal sealed class Watcher(Cluster cluster, ApiServer api, Habits habits, TimeProvider time, Action<string> note)
{
    // The pods that an event left out, and the time until which they may be shown as before.
    private readonly Dictionary<string, DateTimeOffset> _heldUntil = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _shownBefore = new(StringComparer.Ordinal);
    private readonly bool _hops = habits.AddressMode != AddressMode.Internal;
    private DateTimeOffset _busyUntil;
    private int _wordsAtFailure;
    private DateTimeOffset? _lostAt;

    /// <summary>The states of nodes that the client may know.</summary>
    public NodeViews Nodes { get; } = new(cluster, api, habits.AddressMode);

    /// <summary>The state that the client shows, or null before the first list.</summary>
    public Dictionary<string, string>? Shown { get; private set; }

    /// <summary>The snapshot last read, as the source gave it.</summary>
    public EndpointSnapshot? Last { get; private set; }

    /// <summary>The time at which the snapshot was read, or last confirmed.</summary>
    public DateTimeOffset ReadAt { get; private set; }

    /// <summary>The number of different snapshots that were read.</summary>
    public int Snapshots { get; private set; }

    /// <summary>The failure of the last read, or null.</summary>
    public EndpointSourceException? Trouble { get; private set; }

    /// <summary>The failure with which the current outage started, and its time.</summary>
    public (EndpointSourceException Failure, DateTimeOffset At)? TroubleBegan { get; private set; }

    /// <summary>The number of failed reads.</summary>
    public int Failures { get; private set; }

    /// <summary>The version that the client shows.</summary>
    public long Version { get; private set; }

    /// <summary>
    /// True after the store was set back, until the client's version has gone back too. Until then the client shows a state that no longer
    /// exists.
    /// </summary>
    public bool AwaitsRestore { get; set; }

    /// <summary>The first violation on a thread of the product. The product must not see the exception.</summary>
    public HistoryException? Violation { get; set; }

    /// <summary>Records a read that returned a snapshot.</summary>
    public void Read(EndpointSnapshot snapshot)
    {
        try
        {
            // Until nodes have been read once, the source reports their failure as its own. It ends when they are read.
            if (Trouble is { InnerException: not EndpointSourceException } && api.Slices.Words == _wordsAtFailure)
                throw new HistoryException($"It went live, and of slices the server has said nothing since: {Trouble.Message}");
            // A list, an event, a bookmark or the head of a watch confirms it. A pod that is held is let go a little later.
            // A snapshot that waited for a busy reader is older than that.
            if (!_hops && api.Slices.SpokenAt > _busyUntil && time.GetUtcNow() - api.Slices.SpokenAt > PodHolds.Deleted)
                throw new HistoryException(
                    $"It was confirmed, and the server has said nothing for {time.GetUtcNow() - api.Slices.SpokenAt}.");
            Found();
            if (snapshot.StaleReason is { } reason)
            {
                // Nodes failed after they were read once: the source still publishes changes of slices, and marks them as possibly
                // outdated.
                Trouble = new EndpointSourceException(reason, new EndpointSourceException(reason));
                TroubleBegan = (Trouble, TroubleBegan?.At ?? time.GetUtcNow());
            }
            else
            {
                (Trouble, TroubleBegan) = (null, null);
            }

            if (Trouble is null || Last is null)
                ReadAt = time.GetUtcNow();
            Take(snapshot);
        }
        catch (HistoryException exception)
        {
            Violation ??= exception;
        }
    }

    /// <summary>Records that the reader was busy until now.</summary>
    public void WasBusyUntilNow() => _busyUntil = time.GetUtcNow();

    /// <summary>Records a read that failed.</summary>
    public void Fail(Exception exception)
    {
        Failures++;
        _wordsAtFailure = api.Slices.Words;
        if (exception is EndpointSourceException failure && failure.Message.EndsWith('.'))
        {
            Trouble = failure;
            _lostAt ??= time.GetUtcNow();
            TroubleBegan ??= (failure, time.GetUtcNow());
            note($"failure: {failure.Message}");
            return;
        }

        Violation ??= exception as HistoryException ?? new HistoryException($"A failure is no sentence of the source's: {exception}");
    }

    /// <summary>Returns the first difference from the real state, or null.</summary>
    public string? Difference()
    {
        if (Shown is null)
            return "nothing has been published";
        return Difference(ExpectedPods.Of(cluster.Slices.Values, Nodes.Now, Shown.Keys), static (_, _) => false);
    }

    private void Take(EndpointSnapshot snapshot)
    {
        // The same snapshot again is a confirmation. Its version is that of its content, which may be older.
        if (ReferenceEquals(snapshot, Last))
            return;
        bool same = Last is { } last && ReferenceEquals(snapshot.Endpoints, last.Endpoints)
            && ReferenceEquals(snapshot.LeftOut, last.LeftOut);
        Last = snapshot;
        if (same)
            return;
        Snapshots++;
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

    /// <summary>Forgets the states from before the store was set back.</summary>
    public void Restored()
    {
        AwaitsRestore = false;
        Version = 0;
        _heldUntil.Clear();
    }

    private void Check(Dictionary<string, string> next, long version)
    {
        NoteLeftOut(version, next.Keys);
        Dictionary<string, string>? before = Shown;
        Shown = next;
        string? first = null;
        foreach (long candidate in Candidates(version))
        {
            foreach (NodeView nodes in Nodes.Candidates())
            {
                string? difference = Difference(
                    ExpectedPods.Of(cluster.At(candidate).Values, nodes.Address, next.Keys), (name, text) => IsHeld(name, text, before));
                first ??= difference;
                if (difference is not null)
                    continue;
                Nodes.Accept(nodes);
                Remember();
                return;
            }
        }

        throw new HistoryException($"The snapshot of version {version} is not what the cluster was then: {first}");
    }

    /// <summary>The version itself; and those after it that only a deletion with an older body told of.</summary>
    private IEnumerable<long> Candidates(long version)
    {
        yield return version;
        foreach (ClusterChange change in cluster.Between(version, cluster.Version))
        {
            if (!change.IsOurs)
                continue;
            bool stale = habits.IsStale(change.Version) && change.After?.IsOurs != true;
            if (!stale)
                yield break;
            yield return change.Version;
        }
    }

    /// <summary>
    /// The pods that an event since the last snapshot left out of a slice, with the states that were right for them meanwhile.
    /// </summary>
    private void NoteLeftOut(long version, IEnumerable<string> next)
    {
        // A held pod is shown with the present state of its node.
        if (Version > 0)
            NoteRight(Version, next);
        // A deletion whose event has an older body shows no version of its own.
        foreach (ClusterChange change in cluster.Between(Version, Math.Max(Candidates(version).Max(), Version)))
        {
            NoteRight(change.Version, next);
            // A slice that now belongs to another Service counts as deleted.
            ClusterSlice? after = change.After is { IsOurs: true } ours ? ours : null;
            HashSet<string> left = [.. (after?.Endpoints ?? []).Select(static e => $"{e.Id}")];
            DateTimeOffset until = time.GetUtcNow() + (after is null ? PodHolds.Deleted : PodHolds.Duration);
            foreach (ClusterEndpoint e in change.Before?.Endpoints ?? [])
            {
                if (e.Name is not null && !left.Contains($"{e.Id}"))
                    _heldUntil[e.Name] = Later(until, _heldUntil.GetValueOrDefault(e.Name));
            }
        }
    }

    // Which set is the Service's own depends on the pods that are shown: those that were until now, or those that are from now on.
    private void NoteRight(long version, IEnumerable<string> next)
    {
        foreach (IEnumerable<string> shown in new[] { Shown?.Keys ?? Enumerable.Empty<string>(), next })
        {
            foreach (NodeView nodes in Nodes.Candidates())
            {
                foreach ((string name, string[] texts) in ExpectedPods.Of(cluster.At(version).Values, nodes.Address, shown))
                    ShownBefore(name).UnionWith(texts);
            }
        }
    }

    private bool IsHeld(string name, string? text, Dictionary<string, string>? before)
    {
        if (!_heldUntil.TryGetValue(name, out DateTimeOffset until) || (!_hops && time.GetUtcNow() >= until))
            return false;
        return text is not null && (before?.GetValueOrDefault(name) == text || ShownBefore(name).Contains(text));
    }

    private void Remember()
    {
        foreach ((string name, DateTimeOffset until) in _heldUntil.ToArray())
        {
            if (time.GetUtcNow() >= until)
                _heldUntil.Remove(name);
        }

        foreach (string name in _shownBefore.Keys.Except(_heldUntil.Keys).ToArray())
            _shownBefore.Remove(name);
    }

    /// <summary>The time of a failure is no part of any hold.</summary>
    private void Found()
    {
        if (_lostAt is not { } lost)
            return;
        _lostAt = null;
        foreach ((string name, DateTimeOffset until) in _heldUntil.ToArray())
            _heldUntil[name] = until < lost ? until : until + (time.GetUtcNow() - lost);
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

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
