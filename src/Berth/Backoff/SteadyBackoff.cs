namespace Berth.Backoff;

/// <summary>
/// The same delay after every failure: for loops on the state of this machine, where no server is to be spared and a recovery is to show
/// soon.
/// </summary>
/// <param name="delay">The delay.</param>
internal sealed class SteadyBackoff(TimeSpan delay) : IBackoffPolicy
{
    public TimeSpan NextDelay(int failures) => delay;
}
