namespace Berth.Dispatcher.Clients;

/// <summary>The right of one client to open one more watch.</summary>
internal sealed class WatchSlot(CountTable watches, UInt128 client)
{
    /// <summary>Takes the slot. Returns false when the client already has its maximum of watches.</summary>
    public bool TryEnter() => watches.TryEnter(client);

    public void Leave() => watches.Leave(client);
}
