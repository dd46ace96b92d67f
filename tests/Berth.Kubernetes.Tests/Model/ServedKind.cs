namespace Berth.Kubernetes.Model;

/// <summary>One kind of object as the API lists and watches it, with counts of the answers and events that clients got.</summary>
internal abstract class ServedKind(TimeProvider time)
{
    /// <summary>The time of the last correct answer about this kind: a list, an event, a bookmark, or the headers of a watch.</summary>
    public DateTimeOffset SpokenAt { get; private set; }

    /// <summary>The number of such answers.</summary>
    public int Words { get; private set; }

    /// <summary>The number of requests since the clock last moved.</summary>
    public int Requests { get; private set; }

    /// <summary>The number of all requests.</summary>
    public int AllRequests { get; private set; }

    /// <summary>
    /// True while a deletion that was sent with an old body has been undone by setting the store back. A client that got it is at the old
    /// body's version, before both. No watch corrects that, only a list.
    /// </summary>
    public bool OnlyListTells { get; private set; }

    public void SetBack(long from, long to, Habits habits) =>
        OnlyListTells |= Between(to, from).Any(change => change.Type == "DELETED" && habits.IsStale(change.Version));

    public void Listed() => OnlyListTells = false;

    public void Asked()
    {
        Requests++;
        AllRequests++;
    }

    public void TimePassed() => Requests = 0;

    public void Spoke()
    {
        SpokenAt = time.GetUtcNow();
        Words++;
    }

    /// <summary>All objects at a version.</summary>
    public abstract IEnumerable<string> At(long version);

    /// <summary>Returns the events of a watch after a version, up to another.</summary>
    public abstract IEnumerable<ServedChange> Between(long after, long upTo);

    /// <summary>A list of objects.</summary>
    public abstract string List(string version, string? next, IEnumerable<string> objects);

    /// <summary>An object that never existed.</summary>
    public abstract string Stranger(long version);
}

/// <summary>One change in the form of a watch.</summary>
/// <param name="Version">The cluster's, which the object's own body may be behind.</param>
/// <param name="Type">ADDED, MODIFIED or DELETED; null when watches get no event.</param>
/// <param name="Object">The object.</param>
internal readonly record struct ServedChange(long Version, string? Type, string Object);
