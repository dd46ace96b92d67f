using Microsoft.AspNetCore.Connections;

namespace Berth.Seats.Server;

/// <summary>
/// Connection middleware in front of everything else: it bounds what strangers can hold. A connection is a stranger's until a request on it
/// has shown a key. Strangers are counted apart from the others, so no number of them keeps a dispatcher out.
/// </summary>
/// <param name="maxKnown">The most connections that have shown a key.</param>
/// <param name="time">The clock.</param>
internal sealed class DeskDoor(int maxKnown, TimeProvider time)
{
    /// <summary>The limit of connections of strangers. One more ends the oldest of them.</summary>
    internal const int MaxStrangers = 64;

    /// <summary>The time from the connection to the first request with a key, a TLS handshake included.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<DeskVisit> _strangers = [];
    private int _known;

    /// <summary>Runs the inner handler until the connection ends.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate inside)
    {
        DeskVisit visit = new(this, connection);
        Enter(visit)?.End();
        ITimer patience = time.CreateTimer(
            static visit => ((DeskVisit)visit!).EndStranger(), visit, Patience, Timeout.InfiniteTimeSpan);
        await using (patience.ConfigureAwait(false))
        {
            connection.Features.Set(visit);
            try
            {
                await inside(connection).ConfigureAwait(false);
            }
            finally
            {
                Leave(visit);
            }
        }
    }

    /// <summary>Counts a connection among those that have shown a key. False when there are too many.</summary>
    internal bool TryKnow(DeskVisit visit)
    {
        lock (_lock)
        {
            if (visit.IsKnown)
                return true;
            // It was ended in this moment, or there are too many.
            if (visit.Node.List is null || _known == maxKnown)
                return false;
            _strangers.Remove(visit.Node);
            _known++;
            return visit.IsKnown = true;
        }
    }

    /// <summary>Removes a stranger before its connection is ended. False when it is no longer a stranger.</summary>
    internal bool TryTakeOut(DeskVisit visit)
    {
        lock (_lock)
        {
            if (visit.Node.List is null)
                return false;
            _strangers.Remove(visit.Node);
            return true;
        }
    }

    /// <summary>Adds a stranger. Returns the stranger whose connection must end for it, or null.</summary>
    private DeskVisit? Enter(DeskVisit visit)
    {
        lock (_lock)
        {
            DeskVisit? first = _strangers.Count == MaxStrangers ? _strangers.First!.Value : null;
            if (first is not null)
                _strangers.RemoveFirst();
            _strangers.AddLast(visit.Node);
            return first;
        }
    }

    private void Leave(DeskVisit visit)
    {
        lock (_lock)
        {
            if (visit.IsKnown)
                _known--;
            else if (visit.Node.List is not null)
                _strangers.Remove(visit.Node);
        }
    }
}
