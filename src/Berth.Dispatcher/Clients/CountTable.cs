namespace Berth.Dispatcher.Clients;

/// <summary>The number of things that each client has open, such as connections. A client without any takes no memory.</summary>
/// <param name="max">The number that each may have open.</param>
internal sealed class CountTable(int max)
{
    private const int Shards = 16;

    private volatile int _max = max;

    private readonly Dictionary<UInt128, int>[] _shards =
        [.. Enumerable.Range(0, Shards).Select(static _ => new Dictionary<UInt128, int>())];

    /// <summary>The number that each may have open. Those that have more keep it.</summary>
    public int Max
    {
        get => _max;
        set => _max = value;
    }

    /// <summary>The number of clients that have something open.</summary>
    public int Clients
    {
        get
        {
            int clients = 0;
            foreach (Dictionary<UInt128, int> shard in _shards)
            {
                lock (shard)
                    clients += shard.Count;
            }

            return clients;
        }
    }

    /// <summary>Counts one more, unless the client has as many as it may. A client that got true calls <see cref="Leave"/> once.</summary>
    public bool TryEnter(UInt128 client)
    {
        Dictionary<UInt128, int> shard = ShardOf(client);
        lock (shard)
        {
            int count = shard.GetValueOrDefault(client);
            if (count >= _max)
                return false;
            shard[client] = count + 1;
            return true;
        }
    }

    public void Leave(UInt128 client)
    {
        Dictionary<UInt128, int> shard = ShardOf(client);
        lock (shard)
        {
            if (shard[client] == 1)
                shard.Remove(client);
            else
                shard[client]--;
        }
    }

    private Dictionary<UInt128, int> ShardOf(UInt128 client) =>
        _shards[(HashCode.Combine((ulong)client, (ulong)(client >> 64)) & int.MaxValue) % Shards];
}
