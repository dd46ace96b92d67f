namespace Berth.Cli.Tests.Running;

/// <summary>
/// Runs of a command that ends at its own time-out. On a busy machine a second can be over before the program has heard what it must say:
/// then the command gets a longer one.
/// </summary>
internal static class TimedRun
{
    /// <summary>Asserts that the command is refused with all sentences.</summary>
    /// <param name="run">Runs the command with a time-out.</param>
    /// <param name="sentences">The sentences for a time-out.</param>
    public static async Task AssertRefusedAsync(Func<string, Task<BerthResult>> run, Func<string, string[]> sentences)
    {
        foreach (string timeout in (string[])["1s", "5s", "20s"])
        {
            BerthResult result = await run(timeout);
            if (result.ExitCode == 1 && sentences(timeout).All(said => result.Error.Contains(said, StringComparison.Ordinal)))
            {
                result.AssertRefused(1, sentences(timeout));
                return;
            }
        }

        (await run("40s")).AssertRefused(1, sentences("40s"));
    }
}
