using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Storage;

/// <summary>
/// All objects with one growing version, and the last changes for watches. Writers take turns. A stored object never changes, so readers
/// need the lock only for the lookup.
/// </summary>
internal sealed class ObjectStore(TimeProvider time, NameGenerator names, int historyLimit)
{
    /// <summary>
    /// The last changes whose objects stay as trees, because controllers and watches read them now. Older ones are read when a client
    /// resumes a watch or a list, if at all.
    /// </summary>
    private const int Recent = 256;

    private readonly Lock _gate = new();

    /// <summary>The objects by the qualified names of their kinds: a custom kind comes later, and may change.</summary>
    private readonly Dictionary<string, SortedDictionary<string, StoredObject>> _tables = new(StringComparer.Ordinal);

    private readonly List<Change> _history = [];
    private readonly Signal _changed = new();
    private long _version = 1;

    public KindSet Kinds { get; } = new();

    public long Version => Interlocked.Read(ref _version);

    /// <summary>The oldest version from which a watch can start.</summary>
    public long Oldest { get; private set; } = 1;

    public StoredObject? Find(ResourceKind kind, string? @namespace, string name)
    {
        lock (_gate)
            return Table(kind).GetValueOrDefault(ResourceKind.Key(@namespace, name));
    }

    public StoredObject Get(ResourceKind kind, string? @namespace, string name) =>
        Find(kind, @namespace, name) ?? throw ApiException.NotFound(kind, name);

    public IReadOnlyList<StoredObject> List(ResourceKind kind, string? @namespace = null) => List(kind, @namespace, out _);

    public IReadOnlyList<StoredObject> List(ResourceKind kind, string? @namespace, out long at)
    {
        lock (_gate)
        {
            at = _version;
            return [.. Table(kind).Values.Where(item => @namespace is null || item.Namespace == @namespace)];
        }
    }

    /// <summary>Returns the objects at an earlier version, by undoing the later changes. Null when these are no longer kept.</summary>
    public IReadOnlyList<StoredObject>? ListAt(ResourceKind kind, string? @namespace, long at)
    {
        lock (_gate)
        {
            if (at < Oldest)
                return null;
            SortedDictionary<string, StoredObject> past = new(Table(kind), StringComparer.Ordinal);
            for (int i = _history.Count - 1; i >= 0 && _history[i].Version > at; i--)
            {
                if (_history[i].Kind.QualifiedName != kind.QualifiedName)
                    continue;
                if (_history[i].Before is { } before)
                    past[before.Key] = before;
                else
                    past.Remove(_history[i].Last.Key);
            }

            return [.. past.Values.Where(item => @namespace is null || item.Namespace == @namespace)];
        }
    }

    /// <summary>Returns the changes after a version, oldest first.</summary>
    /// <exception cref="ApiException">410: some of them are no longer kept.</exception>
    public IReadOnlyList<Change> ReadAfter(long after, out long upTo)
    {
        lock (_gate)
        {
            if (after < Oldest)
                throw ApiException.TooOld(after, Oldest);
            upTo = Math.Max(_version, after);
            int first = _history.Count;
            while (first > 0 && _history[first - 1].Version > after)
                first--;
            return _history.GetRange(first, _history.Count - first);
        }
    }

    /// <summary>Completes at the first change after a version.</summary>
    public Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        lock (_gate)
            return _version > after ? Task.CompletedTask : _changed.Next.WaitAsync(cancellationToken);
    }

    /// <summary>Creates an object. In a dry run it is not stored.</summary>
    public StoredObject Create(ResourceKind kind, JsonObject body, bool kept = true)
    {
        lock (_gate)
        {
            JsonObject metadata = body.Child("metadata");
            string name = metadata.Text("name") ?? names.WithSuffix(metadata.Text("generateName")!);
            metadata["name"] = name;
            if (Table(kind).ContainsKey(ResourceKind.Key(metadata.Text("namespace"), name)))
                throw ApiException.AlreadyExists(kind, name);
            metadata["uid"] = names.NewUid();
            metadata["creationTimestamp"] = time.Timestamp();
            if (kind.HasGeneration)
                metadata["generation"] = 1;
            return kept ? Put(kind, null, body) : new StoredObject(kind, body, 0);
        }
    }

    /// <summary>Changes an object in one step. As on a real server, a change without an effect creates no new version.</summary>
    public StoredObject Update(
        ResourceKind kind,
        string? @namespace,
        string name,
        Func<JsonObject, JsonObject> change,
        bool binding = false,
        bool kept = true)
    {
        lock (_gate)
        {
            StoredObject before = Get(kind, @namespace, name);
            JsonObject body = change(before.Body.Clone());
            if (JsonNode.DeepEquals(before.Body, body))
                return before;
            if (kind.HasGeneration && !binding && ChangesWhatIsWanted(kind, before.Body, body))
                body.Child("metadata")["generation"] = (before.Body.Number("metadata", "generation") ?? 0) + 1;
            if (!kept)
                return new StoredObject(kind, body, 0);
            bool released = body.IsTerminating() && !body.Texts("metadata", "finalizers").Any() && kind != KindTable.Namespace
                && (kind != KindTable.Pod || body.Number("metadata", "deletionGracePeriodSeconds") == 0);
            StoredObject after = Put(kind, before, body);
            return released ? Remove(after)! : after;
        }
    }

    /// <summary>The annotations of a Deployment count too, because its ReplicaSets get them.</summary>
    private static bool ChangesWhatIsWanted(ResourceKind kind, JsonObject before, JsonObject after) =>
        !SameSpec(before, after)
        || (kind == KindTable.Deployment
            && !JsonNode.DeepEquals(before.At("metadata", "annotations"), after.At("metadata", "annotations")));

    /// <summary>
    /// Changes an object if it is still the given one. Binding a pod to a node does not count as a change of its generation.
    /// </summary>
    public StoredObject Update(StoredObject item, Action<JsonObject> change, bool binding = false)
    {
        return Update(item.Kind, item.Namespace, item.Name, Apply, binding);

        JsonObject Apply(JsonObject body)
        {
            if (body.Text("metadata", "uid") != item.Uid)
                throw ApiException.NotFound(item.Kind, item.Name);
            change(body);
            return body;
        }
    }

    /// <summary>
    /// Removes an object if it is still the given one. An object with finalizers waits for their end. Returns its last state, or null when
    /// it was already gone.
    /// </summary>
    public StoredObject? Remove(StoredObject item)
    {
        lock (_gate)
        {
            if (Find(item.Kind, item.Namespace, item.Name) is not { } before || before.Uid != item.Uid)
                return null;
            if (before.Body.Texts("metadata", "finalizers").Any())
                return Update(before, body => body.Child("metadata")["deletionGracePeriodSeconds"] = 0);
            Table(item.Kind).Remove(before.Key);
            StoredObject last = Stamp(item.Kind, before.Body.Clone());
            Append(new Change(last.Version, before, null, last));
            return last;
        }
    }

    /// <summary>Drops the history, like a compaction of etcd.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            Oldest = _version;
        }
    }

    private SortedDictionary<string, StoredObject> Table(ResourceKind kind)
    {
        if (!_tables.TryGetValue(kind.QualifiedName, out SortedDictionary<string, StoredObject>? table))
            _tables[kind.QualifiedName] = table = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
        return table;
    }

    private StoredObject Put(ResourceKind kind, StoredObject? before, JsonObject body)
    {
        StoredObject after = Stamp(kind, body);
        Table(kind)[after.Key] = after;
        Append(new Change(after.Version, before, after, after));
        return after;
    }

    private StoredObject Stamp(ResourceKind kind, JsonObject body)
    {
        body.Child("metadata")["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        JsonWriting.Freeze(body);
        return new StoredObject(kind, body, _version);
    }

    private void Append(Change change)
    {
        _history.Add(change);
        if (_history.Count > Recent)
            Pack(_history[^(Recent + 1)]);
        if (_history.Count >= historyLimit + (historyLimit / 4) + 1)
        {
            int surplus = _history.Count - historyLimit;
            Oldest = _history[surplus - 1].Version;
            _history.RemoveRange(0, surplus);
        }

        _changed.Raise();
    }

    /// <summary>Packs the objects of a change, except the current one.</summary>
    private static void Pack(Change change)
    {
        change.Before?.Pack();
        if (change.After is null)
            change.Last.Pack();
    }

    private static bool SameSpec(JsonObject before, JsonObject after)
    {
        bool IsSpec(string name) => name is not ("metadata" or "status" or "kind" or "apiVersion");
        return before.Where(pair => IsSpec(pair.Key)).All(pair => JsonNode.DeepEquals(pair.Value, after[pair.Key]))
            && after.All(pair => !IsSpec(pair.Key) || before.ContainsKey(pair.Key));
    }
}
