using Microsoft.AspNetCore.Connections;

namespace Berth.Seats.Server;

/// <summary>One connection to the desk, as the door counts it.</summary>
internal sealed class DeskVisit
{
    private readonly DeskDoor _door;
    private readonly ConnectionContext _connection;

    public DeskVisit(DeskDoor door, ConnectionContext connection)
    {
        _door = door;
        _connection = connection;
        Node = new LinkedListNode<DeskVisit>(this);
    }

    /// <summary>The node in the list of strangers. Its list is null for other connections. Only the door uses it.</summary>
    internal LinkedListNode<DeskVisit> Node { get; }

    /// <summary>True once a request has shown a key. For the door.</summary>
    internal bool IsKnown { get; set; }

    /// <summary>A request has shown a key. False when there are too many such connections.</summary>
    public bool TryKnow() => _door.TryKnow(this);

    /// <summary>Ends the connection, unless it has shown a key.</summary>
    public void EndStranger()
    {
        if (_door.TryTakeOut(this))
            End();
    }

    /// <summary>Ends the connection.</summary>
    public void End() => _connection.Abort(new ConnectionAbortedException("No request with a key came in time."));
}
