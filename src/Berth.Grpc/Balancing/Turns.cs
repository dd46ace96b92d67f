namespace Berth.Grpc.Balancing;

/// <summary>
/// A round robin for any number of threads. It starts at a random index, so that clients which start together do not all call one pod.
/// </summary>
internal sealed class Turns(uint first)
{
    private uint _next = first;

    /// <summary>The next index below a count.</summary>
    public int Next(int count) => (int)(Interlocked.Increment(ref _next) % (uint)count);
}
