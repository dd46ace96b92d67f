using System.Collections.Immutable;
using Berth.Signals;

namespace Berth.Sessions;

/// <summary>Publishes the state of all sessions. Slots write it, one at a time; readers take no lock.</summary>
internal sealed class SessionBoard<T>(TimeProvider time)
    where T : class
{
    private readonly Lock _lock = new();

    /// <summary>The sessions.</summary>
    public Latest<EndpointSessionSet<T>> Sets { get; } =
        new(new EndpointSessionSet<T>(ImmutableSortedDictionary.Create<SessionKey, EndpointSession<T>>(SessionKey.Order)));

    /// <summary>Publishes the state of one slot.</summary>
    /// <param name="key">The slot.</param>
    /// <param name="next">Returns the next state from the time and the previous state, under the lock; null for no change.</param>
    public void Show(SessionKey key, Func<DateTimeOffset, EndpointSession<T>?, EndpointSession<T>?> next)
    {
        lock (_lock)
        {
            EndpointSession<T>? before = Sets.Value.Find(key);
            if (next(time.GetUtcNow(), before) is { } session && !ReferenceEquals(session, before))
                Sets.Swap(Sets.Value.With(key, session));
        }
    }

    /// <summary>Publishes that a slot is gone.</summary>
    public void Remove(SessionKey key)
    {
        lock (_lock)
            Sets.Swap(Sets.Value.Without(key));
    }
}
