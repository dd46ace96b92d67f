namespace Berth.Dispatcher.Json;

/// <summary>
/// The turns to compress of one dispatcher. Half of the cores at most compress, and a client that finds them busy gets the plain form.
/// </summary>
internal sealed class CompressionTurns
{
    private int _left = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Takes a turn. False when all are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Decrement(ref _left) >= 0)
            return true;
        Return();
        return false;
    }

    /// <summary>Gives a turn back.</summary>
    public void Return() => Interlocked.Increment(ref _left);
}
