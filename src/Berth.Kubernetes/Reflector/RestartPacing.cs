namespace Berth.Kubernetes.Reflector;

/// <summary>
/// Tells a server that once ended a watch early from one that keeps doing so. The first time, going on at once is right; after that each further
/// attempt without progress waits longer, whatever lists succeed in between.
/// </summary>
internal sealed class RestartPacing(Random random)
{
    private readonly ExponentialBackoff _delays = new(random);

    /// <summary>How many watches in a row have ended without progress.</summary>
    public int Strikes { get; private set; }

    /// <summary>A watch brought something new, or simply lasted.</summary>
    public void Progress() => Strikes = 0;

    /// <summary>A watch ended.</summary>
    /// <param name="progressed">Whether it had brought something new, or lasted.</param>
    /// <returns>Null to go on at once, else for how long to leave the server alone.</returns>
    public TimeSpan? Strike(bool progressed)
    {
        Strikes = progressed ? 1 : Strikes + 1;
        return Strikes == 1 ? null : _delays.NextDelay(Strikes - 1);
    }
}
