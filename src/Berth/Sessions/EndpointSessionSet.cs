using System.Collections;
using System.Collections.Immutable;
using Berth.Sessions;

namespace Berth;

/// <summary>
/// The sessions with all pods of a view at one moment: immutable and whole, by ordinal. Any number of threads read it without a lock.
/// </summary>
/// <typeparam name="T">The session.</typeparam>
public sealed class EndpointSessionSet<T> : IReadOnlyCollection<EndpointSession<T>>
    where T : class
{
    private readonly ImmutableSortedDictionary<SessionKey, EndpointSession<T>> _sessions;

    internal EndpointSessionSet(ImmutableSortedDictionary<SessionKey, EndpointSession<T>> sessions) => _sessions = sessions;

    /// <summary>The number of pods.</summary>
    public int Count => _sessions.Count;

    /// <summary>Finds the session with the pod of an ordinal.</summary>
    /// <returns>
    /// The session and its state, or null when no pod has the ordinal; of several clusters that of the first by name.
    /// </returns>
    public EndpointSession<T>? Find(int ordinal) => FindAny(new SessionKey(ordinal, ""));

    /// <summary>Finds the session with a named pod.</summary>
    /// <returns>The session and its state, or null when no pod has the name; of several clusters that of the first by name.</returns>
    public EndpointSession<T>? FindByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (SessionKey key in SessionKey.ForName(name))
        {
            if (FindAny(key) is { } found && string.Equals(found.Pod.Name, name, StringComparison.Ordinal))
                return found;
        }

        return null;
    }

    /// <inheritdoc/>
    public IEnumerator<EndpointSession<T>> GetEnumerator() => _sessions.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The sessions for people: <c>2 of 3 open</c>.</summary>
    public override string ToString() =>
        $"{_sessions.Values.Count(static session => session.State == EndpointSessionState.Open)} of {Count} open";

    /// <summary>Finds a slot, in any cluster.</summary>
    private EndpointSession<T>? FindAny(SessionKey wanted)
    {
        if (_sessions.TryGetValue(wanted, out EndpointSession<T>? found))
            return found;
        foreach ((SessionKey key, EndpointSession<T> session) in _sessions)
        {
            if (key.Cluster is not null && key with { Cluster = null } == wanted)
                return session;
        }

        return null;
    }

    internal EndpointSession<T>? Find(SessionKey key) => _sessions.GetValueOrDefault(key);

    internal EndpointSessionSet<T> With(SessionKey key, EndpointSession<T> session) => new(_sessions.SetItem(key, session));

    internal EndpointSessionSet<T> Without(SessionKey key) => new(_sessions.Remove(key));
}
