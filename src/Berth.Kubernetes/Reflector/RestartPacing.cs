namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Distinguishes a server that ended one watch early from one that keeps doing so. After the first early end the reflector continues at
/// once. After that each further attempt without progress waits longer, even if lists succeed in between.
/// </summary>
internal sealed class RestartPacing(Random random)
{
    private readonly ExponentialBackoff _delays = new(random);

    /// <summary>Returns the consequence of a watch that ended. It changes nothing.</summary>
    /// <param name="strikes">The number of earlier watches in a row that ended without progress.</param>
    /// <param name="progressed">True when the watch brought something new, or lasted long enough.</param>
    public Strike Next(int strikes, bool progressed)
    {
        int count = progressed ? 1 : strikes + 1;
        return new Strike(count, count == 1 ? null : _delays.NextDelay(count - 1));
    }
}
