namespace Berth.Cli.Tests.Running;

/// <summary>The exit code and the output of the program.</summary>
internal sealed record BerthResult(int ExitCode, string Out, string Error)
{
    /// <summary>Asserts that a user's mistake was met as promised: a sentence, an exit code, and no stack trace.</summary>
    public void AssertRefused(int exitCode, params string[] words)
    {
        Assert.True(exitCode == ExitCode, $"Exit code {ExitCode} instead of {exitCode}.\n{Out}\n{Error}");
        foreach (string word in words)
            Assert.Contains(word, Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", Error, StringComparison.Ordinal);
        Assert.StartsWith("berth: ", Error, StringComparison.Ordinal);
        Assert.Empty(Out);
    }

    public void AssertOk() => Assert.True(ExitCode == 0, $"Exit code {ExitCode} instead of 0.\n{Out}\n{Error}");
}
