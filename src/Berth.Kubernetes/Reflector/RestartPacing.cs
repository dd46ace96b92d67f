namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Tells a server that once ended a watch early from one that keeps doing so. The first time, going on at once is right. After that each
/// further attempt without progress waits longer, even when lists succeed in between.
/// </summary>
internal sealed class RestartPacing(Random random)
{
    private readonly ExponentialBackoff _delays = new(random);

    /// <summary>Returns what the end of a watch leads to. It changes nothing.</summary>
    /// <param name="strikes">How many in a row had ended without progress before.</param>
    /// <param name="progressed">Whether the watch had brought something new, or lasted.</param>
    public Strike Next(int strikes, bool progressed)
    {
        int count = progressed ? 1 : strikes + 1;
        return new Strike(count, count == 1 ? null : _delays.NextDelay(count - 1));
    }
}
