using Berth.Kubernetes;
using Berth.Planning.Cluster;
using Berth.Planning.Objects;

namespace Berth.Planning;

/// <summary>The objects that a plan is about: manifests, a cluster, or manifests over a cluster. Not safe for several threads.</summary>
/// <param name="defaultNamespace">The namespace of objects that state none.</param>
public sealed class PlanInput(string defaultNamespace = "default")
{
    // Every document of a chart that was not rendered is broken in the same way.
    private const int MaxForEachText = 3;

    private readonly List<string> _unread = [];
    private readonly List<PlanObject> _given = [];
    private readonly List<PlanObject> _running = [];

    /// <summary>Sentences about what could not be read, with file and line.</summary>
    public IReadOnlyList<string> Unread => _unread;

    /// <summary>True when a part of the cluster could not be read.</summary>
    public bool IsClusterUnread { get; private set; }

    /// <summary>The manifests first, then the objects of the cluster that they do not replace.</summary>
    internal IReadOnlyList<PlanObject> Objects
    {
        get
        {
            HashSet<(string, string, string)> given = [.. _given.Select(static each => each.Key)];
            return [.. _given, .. _running.Where(each => !given.Contains(each.Key))];
        }
    }

    /// <summary>Manifests that replace an object of the cluster, with that object.</summary>
    internal IEnumerable<(PlanObject Given, PlanObject Running)> Changes =>
        _given.Join(_running, static each => each.Key, static each => each.Key, static (given, running) => (given, running));

    /// <summary>True when the whole cluster was read.</summary>
    internal bool IsWholeCluster { get; private set; }

    /// <summary>
    /// Adds the objects of one text, YAML or JSON, as kubectl reads it. Unreadable parts are noted, and the rest is added.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">The file, for messages.</param>
    public void Add(string text, string origin) => Add([(text, origin)]);

    /// <summary>Adds the objects of several texts in their order. They are read at the same time.</summary>
    /// <param name="texts">The texts, each with its file.</param>
    public void Add(IReadOnlyList<(string Text, string Origin)> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        (List<PlanObject> Objects, List<string> Unread)[] read = new (List<PlanObject>, List<string>)[texts.Count];
        Parallel.For(0, texts.Count, i => read[i] = Read(texts[i].Text, texts[i].Origin));
        foreach ((List<PlanObject> objects, List<string> unread) in read)
        {
            _given.AddRange(objects);
            _unread.AddRange(unread);
        }
    }

    /// <summary>Notes something that cannot be read, such as a missing file.</summary>
    /// <param name="sentence">A sentence.</param>
    public void AddUnread(string sentence) => _unread.Add(sentence);

    /// <summary>Adds the objects of a cluster, with the rights of the user. It only lists. A kind that cannot be listed is noted.</summary>
    /// <param name="access">The cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="namespace">The namespace, or null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task AddClusterAsync(
        ClusterAccess access, TimeProvider time, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(access);
        int before = _unread.Count;
        _running.AddRange(await new ClusterReader(access, time).ReadAsync(@namespace, _unread, cancellationToken).ConfigureAwait(false));
        IsClusterUnread = _unread.Count > before;
        IsWholeCluster = !IsClusterUnread && @namespace is null;
    }

    private (List<PlanObject> Objects, List<string> Unread) Read(string text, string origin)
    {
        try
        {
            return ([.. ReadObjects(text, origin)], []);
        }
        catch (ManifestException exception)
        {
            return ReadDocuments(text, origin, exception.Message);
        }
    }

    /// <summary>Reads what can be read of a text with a fault, document by document.</summary>
    private (List<PlanObject> Objects, List<string> Unread) ReadDocuments(string text, string origin, string faultOfText)
    {
        List<PlanObject> objects = [];
        List<string> faults = [];
        foreach (string document in Split(text))
        {
            try
            {
                objects.AddRange(ReadObjects(document, origin));
            }
            catch (ManifestException exception)
            {
                faults.Add(exception.Message);
            }
        }

        List<string> told = [.. faults.DefaultIfEmpty(faultOfText).Take(MaxForEachText)];
        if (faults.Count > MaxForEachText)
            told.Add(faults.Count == MaxForEachText + 1
                ? $"{origin}: 1 more document cannot be read."
                : $"{origin}: {faults.Count - MaxForEachText} more documents cannot be read.");
        return (objects, told);
    }

    private IEnumerable<PlanObject> ReadObjects(string text, string origin)
    {
        SourceLines lines = new();
        return ManifestText.Read(text, origin, lines)
            .Select(each => new PlanObject(each.Body, each.Origin, each.Line, lines, defaultNamespace));
    }

    /// <summary>The documents of a YAML text, each with empty lines before it, so that its lines keep their numbers.</summary>
    private static IEnumerable<string> Split(string text)
    {
        string[] lines = text.Split('\n');
        int start = 0;
        for (int i = 1; i <= lines.Length; i++)
        {
            if (i < lines.Length && !lines[i].StartsWith("---", StringComparison.Ordinal))
                continue;
            yield return new string('\n', start) + string.Join('\n', lines[start..i]);
            start = i;
        }
    }
}
